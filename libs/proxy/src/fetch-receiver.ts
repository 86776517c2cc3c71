import type { OriginFetch } from '@slipstream/http-cache';
import type { Receiver } from '@slipstream/upstream';

/** The response cache as the one who gets an answer, for one client of its own, for several or for none. */
export class FetchReceiver implements Receiver {
  onGone?: (fault?: unknown) => void;
  onWritable?: () => void;
  private isAbandoned = false;

  constructor(private readonly fetch: OriginFetch) {
    fetch.onWritable = () => this.onWritable?.();
    fetch.onAbandoned = () => {
      this.isAbandoned = true;
      this.onGone?.();
    };
  }

  get isGone(): boolean {
    return this.isAbandoned;
  }

  inform(statusCode: number, headers: string[]): void {
    this.fetch.onInformation(statusCode, headers);
  }

  begin(statusCode: number, headers: string[]): void {
    this.fetch.onHead(statusCode, headers);
  }

  write(chunk: Buffer): boolean {
    return this.fetch.onData(chunk);
  }

  /** The cache sends what it has at once by itself. */
  flush(): void {}

  end(): void {
    this.fetch.onEnd();
  }

  breakOff(error: unknown): void {
    this.fetch.onError(error);
  }

  refuse(error: unknown): void {
    this.fetch.onError(error);
  }
}
