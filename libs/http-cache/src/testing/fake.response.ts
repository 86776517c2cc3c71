import { EventEmitter } from 'node:events';
import type { ServerResponse } from 'node:http';
import { fieldsOf } from '../fields/fields.js';

/** A client that keeps its answer, and is slow on demand. */
export class FakeResponse extends EventEmitter {
  statusCode?: number;
  headers: string[] = [];
  text = '';
  isFlushed = false;
  destroyed = false;
  isSlow = false;
  /** Called when the client accepts the written data. */
  private readonly untaken: (() => void)[] = [];
  private readonly ending = Promise.withResolvers<void>();

  /** Resolves when it is complete. */
  get ended(): Promise<void> {
    return this.ending.promise;
  }

  /** Implements only the methods that the library uses. */
  get asResponse(): ServerResponse {
    return this as unknown as ServerResponse;
  }

  get cacheStatus(): string | undefined {
    return fieldsOf(this.headers).get('cache-status');
  }

  writeHead(statusCode: number, headers: string[]): this {
    if (headers.includes('can’t be sent')) throw new TypeError('Invalid character in header content');
    this.statusCode = statusCode;
    this.headers = headers;
    return this;
  }

  write(chunk: Buffer | string, ...rest: unknown[]): boolean {
    this.text += chunk.toString();
    const onTaken = rest.find((each) => typeof each === 'function') as (() => void) | undefined;
    if (this.isSlow) this.untaken.push(onTaken ?? (() => {}));
    else if (onTaken) process.nextTick(onTaken);
    return !this.isSlow;
  }

  end(chunk?: Buffer): void {
    if (chunk) this.write(chunk);
    this.ending.resolve();
  }

  flushHeaders(): void {
    this.isFlushed = true;
  }

  /** The client leaves, or is broken off. */
  destroy(): void {
    this.destroyed = true;
    this.emit('close');
  }

  /** The client accepts more. */
  drain(): void {
    this.isSlow = false;
    for (const onTaken of this.untaken.splice(0)) onTaken();
    this.emit('drain');
  }
}
