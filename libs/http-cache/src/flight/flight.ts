import { endToEndHeaders, type RawHeaders } from '@slipstream/http';
import { answerFrom, headersOf304, isKnownToClient } from '../policy/answer.js';
import type { ReadRequest } from '../policy/cache-request.js';
import { cacheStatusLine, type ForwardReason } from '../policy/cache-status.js';
import type { CacheOutcome } from '../cache-observer.port.js';
import type { OriginFetch } from './origin-fetch.port.js';
import { Audience } from './audience.js';
import type { FlowingBody } from './flowing-body.js';
import type { HeldBodies } from './held-bodies.js';
import { Reader, type Waiting } from './reader.js';
import type { Judge, Verdict } from './verdict.js';

/** What a flight asks of the cache. */
export interface FlightPorts extends Judge {
  readonly reason: ForwardReason;
  readonly headers: RawHeaders;
  readonly isBackground: boolean;
  /** Whether others may wait for its answer before it is known to be for them. */
  readonly isShared: boolean;
  /** Longest that others wait for a head before they ask themselves. Absent: as long as it takes. */
  readonly patienceMs?: number;
  /** Whether what it brings is good enough for who asks only now. */
  isCurrent(): boolean;
  /** Nobody may join any more. May be told twice. */
  onClosed(): void;
  /** The answer was for one client only. */
  onUnshareable(): void;
  onAnswered(outcome: CacheOutcome): void;
  newBody(): FlowingBody;
  /** Whole bodies that slow clients read. */
  readonly held: HeldBodies;
  clock(): number;
  /** Longest that one slow client may hold up those who share an answer too large to be kept. */
  readonly stallMs: number;
}

/** `sharing`: the body is for several and can't be kept, so the origin waits for the slowest. `passing`: it is for one. */
type State = 'asked' | 'storing' | 'sharing' | 'passing' | 'over';

/** One fetch from the origin and all who wait for its answer. */
export class Flight implements OriginFetch {
  onAbandoned?: () => void;
  onWritable?: () => void;
  readonly #readers: Audience;
  readonly #requestedAt: number;
  #state: State = 'asked';
  /** Whose request it is. */
  #leader?: Reader;
  #statusCode = 0;
  /** Of who joins. */
  #headers: RawHeaders = [];
  #stored?: Verdict & { type: 'store' };
  #body?: FlowingBody;
  #patience?: NodeJS.Timeout;

  constructor(private readonly ports: FlightPorts) {
    this.#requestedAt = ports.clock();
    this.#readers = new Audience(ports.stallMs, () => this.onWritable?.());
  }

  get headers(): RawHeaders {
    return this.ports.headers;
  }

  get isBackground(): boolean {
    return this.ports.isBackground;
  }

  /** Whether this request may wait for this answer, as far as can be told now. */
  isOpenTo(request: ReadRequest): boolean {
    if (!this.ports.isCurrent()) return false;
    if (this.#state === 'asked') return this.ports.isShared;
    return this.#state === 'storing' && this.#body?.isWhole === true && this.#stored?.serves(request) === true;
  }

  /** Lets the one whose request it is wait for it. */
  lead(waiting: Waiting): void {
    this.#leader = new Reader(waiting, (left) => this.#onLeft(left));
    this.#readers.add(this.#leader);
  }

  join(waiting: Waiting): void {
    const reader = new Reader(waiting, (left) => this.#onLeft(left));
    this.#readers.add(reader);
    if (this.#state === 'asked' && this.ports.patienceMs !== undefined) this.#patience ??= setTimeout(() => this.#loseOthers(), this.ports.patienceMs);
    if (this.#state === 'storing') this.#beginFor(reader);
  }

  onHead(statusCode: number, rawHeaders: RawHeaders): void {
    if (this.#state !== 'asked') return;
    clearTimeout(this.#patience);
    this.#statusCode = statusCode;
    const headers = endToEndHeaders(rawHeaders);
    const verdict = this.ports.judge(statusCode, headers, { requestedAt: this.#requestedAt, answeredAt: this.ports.clock() });
    if (verdict.type === 'stored') this.#answerFromStore(verdict);
    else if (verdict.type === 'void') this.#settleAll((reader) => reader.release());
    else if (verdict.type === 'store') this.#beginStoring(headers, verdict);
    else this.#beginPassing(verdict.headers ?? headers, verdict);
  }

  onData(chunk: Buffer): boolean {
    if (this.#state === 'over' || this.#state === 'asked') return true;
    if (this.#state === 'passing') this.#readers.write(chunk);
    else this.#flow(chunk);
    return this.#state === 'storing' || this.#readers.isWritable();
  }

  onEnd(): void {
    const whole = this.#body?.finish();
    if (whole) this.#stored?.keep(whole);
    this.#settleAll((reader) => reader.complete());
  }

  onError(error: unknown): void {
    if (this.#state === 'over') return;
    const isUnanswered = this.#state === 'asked';
    const response = isUnanswered ? this.ports.standIn() : undefined;
    if (response) this.#answerFromStore({ response, isRenewed: false, isStored: false, serves: () => true });
    else this.#settleAll((reader) => (isUnanswered ? reader.fail(error) : reader.breakOff()));
    this.#body?.drop();
  }

  #flow(chunk: Buffer): void {
    if (this.#body?.add(chunk) === false && this.#state === 'storing') this.#stopStoring();
    this.#readers.pump();
  }

  #beginStoring(headers: RawHeaders, verdict: Verdict & { type: 'store' }): void {
    this.#state = 'storing';
    this.#stored = verdict;
    this.#headers = verdict.headers;
    this.#body = this.ports.newBody();
    for (const reader of this.#readers.all()) {
      if (reader === this.#leader) this.#beginFor(reader, headers);
      else if (verdict.serves(reader.request)) this.#beginFor(reader);
      else this.#release(reader);
    }
    this.#flushSoon();
  }

  #beginPassing(headers: RawHeaders, { detail, isByNature }: Verdict & { type: 'pass' }): void {
    this.#state = 'passing';
    if (isByNature) this.ports.onUnshareable();
    this.ports.onClosed();
    for (const reader of this.#readers.all()) if (reader !== this.#leader) this.#release(reader, true);
    if (this.#readers.isEmpty) return this.#abandon();
    this.ports.onAnswered('unstored');
    this.#leader?.begin(this.#statusCode, [...headers, 'Cache-Status', this.#statusLine({ detail })], false);
    this.#flushSoon();
  }

  #beginFor(reader: Reader, headers = this.#headers): void {
    const isCollapsed = reader !== this.#leader;
    const status = this.#statusLine({ isStored: true, isCollapsed });
    this.ports.onAnswered(isCollapsed ? 'collapsed' : 'miss');
    if (isKnownToClient(reader.request.fields, this.#statusCode, headers, this.ports.clock())) {
      this.#readers.delete(reader);
      reader.answer({ statusCode: 304, headers: [...headersOf304(headers), 'Cache-Status', status] }, true, this.ports.held);
    } else if (reader.begin(this.#statusCode, [...headers, 'Cache-Status', status], true) && this.#body) reader.read(this.#body);
  }

  /** Nothing said that the answer would be for them, and it doesn't come: they would stand in a row, one long poll behind the other. */
  #loseOthers(): void {
    for (const reader of this.#readers.all()) if (reader !== this.#leader) this.#release(reader, true);
  }

  /** It has become too large to be kept: from here on the origin waits for the slowest. */
  #stopStoring(): void {
    this.#state = 'sharing';
    this.ports.onClosed();
    if (this.#readers.isEmpty) this.#abandon();
  }

  #answerFromStore({ response, isRenewed, isStored, serves }: Omit<Verdict & { type: 'stored' }, 'type'>): void {
    const now = this.ports.clock();
    this.#settleAll((reader) => {
      const isCollapsed = reader !== this.#leader;
      if (isCollapsed && !serves(reader.request)) return reader.release();
      this.ports.onAnswered(isCollapsed ? 'collapsed' : isRenewed ? 'revalidated' : 'stale');
      const status = { type: 'forwarded', reason: this.ports.reason, statusCode: this.#statusCode, isStored, isCollapsed } as const;
      reader.answer(answerFrom(response, reader.request, status, now), true, this.ports.held);
    });
  }

  #onLeft(reader: Reader): void {
    this.#readers.delete(reader);
    if (this.#readers.isEmpty && !this.isBackground) this.#abandon();
  }

  #release(reader: Reader, isAlone = false): void {
    this.#readers.delete(reader);
    reader.release(isAlone);
  }

  #abandon(): void {
    if (this.#state === 'over') return; // what was complete already
    this.#settleAll(() => {});
    this.#body?.drop();
    this.onAbandoned?.();
  }

  #settleAll(settle: (reader: Reader) => void): void {
    if (this.#state === 'over') return;
    this.#state = 'over';
    clearTimeout(this.#patience);
    this.ports.onClosed();
    for (const reader of this.#readers.dismiss()) settle(reader);
  }

  /** With the first piece of the body if that is here already, else at once. */
  #flushSoon(): void {
    process.nextTick(() => this.#readers.flush());
  }

  #statusLine(more: { isStored?: boolean; isCollapsed?: boolean; detail?: string }): string {
    return cacheStatusLine({ type: 'forwarded', reason: this.ports.reason, statusCode: this.#statusCode, ...more });
  }
}
