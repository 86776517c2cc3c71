import type { RawHeaders } from '@slipstream/http';

/**
 * A GET that the cache wants made, for one client, for several, or for none. Who makes it feeds it with what comes,
 * each method as Node's parser would.
 */
export interface OriginFetch {
  /** Fields to send to the origin, in place of the client's. Flat. No content goes with them. */
  readonly headers: RawHeaders;
  /** Nobody waits for it: it renews what is stored. */
  readonly isBackground: boolean;
  /** Backends that were asked the same and have not answered in time: another one is to be asked where there is one. */
  readonly avoid: readonly string[];
  /** Set by who fetches: the URL of the backend that is being asked. */
  backend?: string;
  /** Set by who fetches: nobody wants the answer any more, or the rest of it. After it nothing needs to be fed. */
  onAbandoned?: () => void;
  /** Set by who fetches: more may come, after `onData` said false. */
  onWritable?: () => void;
  /**
   * The head of an informational answer (RFC 9110 section 15.2) before the final one, as it came. It is passed on,
   * never stored.
   */
  onInformation(statusCode: number, headers: RawHeaders): void;
  /** The final head, as it came. */
  onHead(statusCode: number, headers: RawHeaders): void;
  /** @returns false when it is to wait for `onWritable` */
  onData(chunk: Buffer): boolean;
  /** The answer was whole. */
  onEnd(): void;
  /** It failed, before its head or after it; told once, in place of `onEnd`. */
  onError(error: unknown): void;
}
