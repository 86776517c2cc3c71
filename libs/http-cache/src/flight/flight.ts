import type { RawHeaders } from '@slipstream/http';
import { answerFrom, headersOf304, isKnownToClient } from '../policy/answer.js';
import type { ReadRequest } from '../policy/cache-request.js';
import { cacheStatusLine, type CacheStatus, type ForwardReason } from '../policy/cache-status.js';
import type { Fields } from '../fields/fields.js';
import type { Exchanged } from '../policy/freshness.js';
import type { StoredResponse } from '../policy/stored-response.js';
import { CollectedBody } from './collected-body.js';
import { Reader, type ReaderPorts } from './reader.js';

/** What becomes of an answer whose head is here. */
export type Verdict =
  /** It is kept, and given to all whose request selects it. */
  | { readonly type: 'store'; readonly headers: readonly string[]; readonly selects: (fields: Fields) => boolean; readonly keep: (body: Buffer) => void }
  /** It is for who asked first, and for nobody else. */
  | { readonly type: 'pass'; readonly headers: readonly string[]; readonly detail: string }
  /** A stored answer is given, renewed by this one or because this one is an error; the rest of this one isn't needed. */
  | { readonly type: 'stored'; readonly response: StoredResponse; readonly isKept: boolean; readonly isShared: boolean }
  /** It is an answer to nothing that was asked: everybody asks again. */
  | { readonly type: 'void' };

/** What a flight asks of the cache. */
export interface FlightPorts {
  judge(statusCode: number, headers: RawHeaders, exchanged: Exchanged): Verdict;
  /** @returns a stored answer that stands in for the one that didn't come */
  standIn(): StoredResponse | undefined;
  /** No more readers may join. */
  onClosed(): void;
  newBody(): CollectedBody;
  clock(): number;
  /** Longest that one slow client may hold up those who share an answer too large to be kept. */
  stallMs: number;
}

/** What the proxy fetches, and feeds with what comes. */
export interface OriginFetch {
  /** Fields to send to the origin, in place of the client's. */
  readonly headers: readonly string[];
  /** Set by who fetches: nobody wants the answer any more. */
  onAbandoned?: () => void;
  /** Set by who fetches: more may come, after `onData` said false. */
  onWritable?: () => void;
  /** The final head; interim ones are the client's own affair. Flat and end-to-end. */
  onHead(statusCode: number, headers: RawHeaders): void;
  /** @returns false when it is to wait for `onWritable` */
  onData(chunk: Buffer): boolean;
  onEnd(): void;
  /** It failed: before the head readers hear of it, or get a stored answer; after it they are broken off. */
  onError(error: unknown): void;
}

type State = 'asked' | 'storing' | 'passing' | 'over';

/** One fetch from the origin and all who wait for its answer. */
export class Flight implements OriginFetch {
  onAbandoned?: () => void;
  onWritable?: () => void;
  readonly #readers = new Set<Reader>();
  readonly #requestedAt: number;
  #state: State = 'asked';
  #first?: Reader;
  #head?: { statusCode: number; headers: readonly string[]; selects: (fields: Fields) => boolean };
  #keep?: (body: Buffer) => void;
  #body?: CollectedBody;
  #statusCode = 0;

  /** @param isBackground it goes on although nobody waits */
  constructor(
    readonly headers: readonly string[],
    private readonly reason: ForwardReason,
    private readonly isBackground: boolean,
    private readonly ports: FlightPorts,
  ) {
    this.#requestedAt = ports.clock();
  }

  /** Whether this request may wait for this answer, as far as can be told now. */
  isOpenTo({ fields }: ReadRequest): boolean {
    if (this.#state === 'asked') return true;
    return this.#state === 'storing' && this.#body?.isWhole === true && this.#head?.selects(fields) === true;
  }

  join(request: ReadRequest, ports: ReaderPorts): void {
    const reader = new Reader(request, ports, (left) => this.#onLeft(left));
    const isFirst = this.#readers.size === 0 && this.#first === undefined;
    if (isFirst) this.#first = reader;
    this.#readers.add(reader);
    if (this.#state === 'storing' && this.#beginFor(reader)) for (const chunk of this.#body?.chunks ?? []) reader.write(chunk);
  }

  onHead(statusCode: number, headers: RawHeaders): void {
    if (this.#state !== 'asked') return;
    const exchanged = { requestedAt: this.#requestedAt, answeredAt: this.ports.clock() };
    this.#statusCode = statusCode;
    const verdict = this.ports.judge(statusCode, headers, exchanged);
    if (verdict.type === 'stored') this.#answerFromStore(verdict);
    else if (verdict.type === 'void') this.#releaseAll();
    else if (verdict.type === 'store') this.#beginStoring(statusCode, verdict);
    else this.#beginPassing(statusCode, verdict);
  }

  onData(chunk: Buffer): boolean {
    if (this.#state === 'over' || this.#state === 'asked') return true;
    if (this.#state === 'storing' && this.#body?.add(chunk) === false) this.#stopStoring();
    for (const reader of this.#readers) reader.write(chunk);
    return this.#state !== 'passing' || this.#isWritable();
  }

  onEnd(): void {
    if (this.#state === 'storing' && this.#body) this.#keep?.(this.#body.finish());
    for (const reader of this.#readers) reader.complete();
    this.#close();
  }

  onError(error: unknown): void {
    if (this.#state === 'over') return;
    const stored = this.#state === 'asked' ? this.ports.standIn() : undefined;
    if (stored) return this.#answerFromStore({ response: stored, isKept: false, isShared: true });
    const isUnanswered = this.#state === 'asked';
    const readers = [...this.#readers];
    this.#close();
    for (const reader of readers) if (isUnanswered) reader.fail(error); else reader.breakOff();
  }

  #beginStoring(statusCode: number, { headers, selects, keep }: Verdict & { type: 'store' }): void {
    this.#state = 'storing';
    this.#head = { statusCode, headers, selects };
    this.#keep = keep;
    this.#body = this.ports.newBody();
    for (const reader of [...this.#readers]) if (selects(reader.request.fields)) this.#beginFor(reader); else this.#release(reader);
    this.#flushSoon();
  }

  #beginPassing(statusCode: number, { headers, detail }: Verdict & { type: 'pass' }): void {
    this.#state = 'passing';
    this.ports.onClosed();
    for (const reader of [...this.#readers]) if (reader !== this.#first) this.#release(reader);
    const own = [...headers, 'Cache-Status', this.#statusLine({ detail })];
    if (this.#readers.size > 0) this.#first?.begin(statusCode, own, false);
    else this.#abandon();
    this.#flushSoon();
  }

  /** @returns whether the body is for this reader too */
  #beginFor(reader: Reader): boolean {
    const { statusCode, headers } = this.#head as { statusCode: number; headers: readonly string[] };
    const status = this.#statusLine({ isStored: true, isCollapsed: reader !== this.#first });
    if (isKnownToClient(reader.request.fields, statusCode, headers, this.ports.clock())) {
      this.#readers.delete(reader);
      reader.answer({ statusCode: 304, headers: [...headersOf304(headers), 'Cache-Status', status] }, true);
      return false;
    }
    return reader.begin(statusCode, [...headers, 'Cache-Status', status], true);
  }

  /** It has become too large to be kept: from here on the origin waits for the slowest. */
  #stopStoring(): void {
    this.#state = 'passing';
    this.ports.onClosed();
    if (this.#readers.size === 0) this.#abandon();
  }

  #isWritable(): boolean {
    const slow = [...this.#readers].filter(({ needsDrain }) => needsDrain);
    const stallMs = this.#readers.size > 1 ? this.ports.stallMs : undefined;
    for (const reader of slow) reader.whenDrained(stallMs, () => this.#resume());
    return slow.length === 0;
  }

  #resume(): void {
    if (![...this.#readers].some(({ needsDrain }) => needsDrain)) this.onWritable?.();
  }

  #answerFromStore({ response, isKept, isShared }: { response: StoredResponse; isKept: boolean; isShared: boolean }): void {
    const now = this.ports.clock();
    const readers = [...this.#readers];
    this.#close();
    for (const reader of readers) {
      const isFirst = reader === this.#first;
      const status: CacheStatus = { type: 'forwarded', reason: this.reason, statusCode: this.#statusCode, isStored: isKept, isCollapsed: !isFirst };
      if (isFirst || isShared) reader.answer(answerFrom(response, reader.request, status, now), isShared);
      else reader.release();
    }
  }

  #releaseAll(): void {
    const readers = [...this.#readers];
    this.#close();
    for (const reader of readers) reader.release();
  }

  #onLeft(reader: Reader): void {
    this.#readers.delete(reader);
    if (this.#readers.size > 0) this.#resume();
    else if (!this.isBackground) this.#abandon();
  }

  #release(reader: Reader): void {
    this.#readers.delete(reader);
    reader.release();
  }

  #abandon(): void {
    this.#close();
    this.onAbandoned?.();
  }

  #close(): void {
    if (this.#state === 'over') return;
    this.#state = 'over';
    this.#body?.drop();
    this.#readers.clear();
    this.ports.onClosed();
  }

  /** With the first piece of the body if that is here already, else at once. */
  #flushSoon(): void {
    process.nextTick(() => this.#readers.forEach((reader) => reader.flush()));
  }

  #statusLine(more: { isStored?: boolean; isCollapsed?: boolean; detail?: string }): string {
    return cacheStatusLine({ type: 'forwarded', reason: this.reason, statusCode: this.#statusCode, ...more });
  }
}
