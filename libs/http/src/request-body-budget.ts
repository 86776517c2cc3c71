import type { IncomingMessage, ServerResponse } from 'node:http';
import { ShortLivedSet, SlipstreamError, type Place } from '@slipstream/contracts';
import { hasBody } from './has-body.js';
import { BodyIncompleteError } from './read-body.js';

/** Bodies of at most this length do not count: their number is that of the connections, which is limited. */
const SMALL_BYTES = 64 * 1024;
const WAIT_MS = 10_000;

/** The memory of one body. */
interface BodyHold {
  /** Gives back what the body does not need. */
  shrinkTo(bytes: number): void;
}

interface Waiter {
  readonly bytes: number;
  grant(): void;
}

/**
 * Limit for all request bodies that are read into memory. Each has its memory before it is read, and until its answer
 * ends, because it may be sent again. A large body waits for memory, and is meanwhile left in the client's connection.
 */
export class RequestBodyBudget {
  private usedBytes = 0;
  private readonly waiters = new ShortLivedSet<Waiter>();

  /** @param waitMs longest time that a request waits */
  constructor(
    private readonly maxBytes: number,
    private readonly waitMs = WAIT_MS,
  ) {}

  get used(): number {
    return this.usedBytes;
  }

  get waiting(): number {
    return this.waiters.size;
  }

  /**
   * Call it before the body is read. First come, first served. A body of unknown length counts as `maxBodyBytes`; one
   * that exceeds the whole budget waits until it is the only one.
   *
   * @param maxBodyBytes the limit of the reader, who refuses longer ones
   * @returns undefined for a body that does not count
   * @throws SlipstreamError `too_many_large_requests` after the longest wait
   * @throws BodyIncompleteError if the client leaves first
   */
  admit(request: IncomingMessage, response: ServerResponse, maxBodyBytes: number): Promise<BodyHold> | undefined {
    const bytes = this.counted(request, maxBodyBytes);
    if (bytes === 0) return undefined;
    return this.isFree(bytes) ? Promise.resolve(this.hold(bytes, response)) : this.wait(bytes, response);
  }

  /** Takes memory for a body if there is some now. @returns whether it may be read */
  tryAdmit(request: IncomingMessage, response: ServerResponse, maxBodyBytes: number): boolean {
    const bytes = this.counted(request, maxBodyBytes);
    if (bytes === 0) return true;
    if (!this.isFree(bytes)) return false;
    this.hold(bytes, response);
    return true;
  }

  /** @returns 0 for a body that does not count */
  private counted(request: IncomingMessage, maxBodyBytes: number): number {
    const length = lengthOf(request) ?? maxBodyBytes;
    return length <= SMALL_BYTES || length > maxBodyBytes ? 0 : Math.min(length, this.maxBytes);
  }

  private isFree(bytes: number): boolean {
    return this.waiters.size === 0 && this.hasRoom(bytes);
  }

  private wait(bytes: number, response: ServerResponse): Promise<BodyHold> {
    const { promise, resolve, reject } = Promise.withResolvers<BodyHold>();
    const leave = (): void => {
      clearTimeout(timer);
      response.off('close', onClose);
      this.waiters.delete(place);
    };
    const giveUp = (error: SlipstreamError): void => {
      leave();
      reject(error);
      this.serve(); // a smaller one behind it may fit
    };
    const onClose = (): void => giveUp(new BodyIncompleteError());
    const grant = (): void => {
      leave();
      resolve(this.hold(bytes, response));
    };
    const place: Place<Waiter> = this.waiters.add({ bytes, grant });
    const timer = setTimeout(
      () => giveUp(new SlipstreamError('too_many_large_requests', undefined, { retryAfterSeconds: 5 })),
      this.waitMs,
    );
    response.once('close', onClose);
    return promise;
  }

  private hold(bytes: number, response: ServerResponse): BodyHold {
    let heldBytes = bytes;
    this.usedBytes += bytes;
    const shrinkTo = (needed: number): void => {
      if (needed >= heldBytes) return;
      this.usedBytes -= heldBytes - needed;
      heldBytes = needed;
      this.serve();
    };
    response.once('close', () => shrinkTo(0));
    return { shrinkTo };
  }

  private serve(): void {
    for (const { bytes, grant } of this.waiters) {
      if (!this.hasRoom(bytes)) return;
      grant();
    }
  }

  private hasRoom(bytes: number): boolean {
    return this.usedBytes + bytes <= this.maxBytes;
  }
}

/** @returns undefined if it is not known */
function lengthOf(request: IncomingMessage): number | undefined {
  const { 'content-length': length } = request.headers;
  if (length !== undefined) return Number(length);
  return hasBody(request) ? undefined : 0;
}
