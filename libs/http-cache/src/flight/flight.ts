import { endToEndHeaders, type RawHeaders } from '@slipstream/http';
import { fieldsOf } from '../fields/fields.js';
import { answerFrom, headersOf304, isKnownToClient } from '../policy/answer.js';
import type { ReadRequest } from '../policy/cache-request.js';
import type { StoredResponse } from '../policy/stored-response.js';
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
  /**
   * Whether the origin is asked with credentials: what it says before the final answer may be for their owner alone.
   */
  readonly isPersonal: boolean;
  readonly avoid: readonly string[];
  /** Longest that others wait for a head before they are given a stale answer, or ask themselves. */
  readonly coalesceWaitMs: number;
  /** Whether something, such as a rule or a stored answer, says that the answer will be for several. */
  readonly isKnown: boolean;
  /** A stored answer that may be given in place of one that does not come in time. */
  lateStandIn(): StoredResponse | undefined;
  /** The answer has not come in time: others are not to wait for it. */
  onLate(): void;
  /** The answer is stored. */
  onStored(serves: (request: ReadRequest) => boolean): void;
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

/**
 * `sharing`: the body is for several and can't be kept, so the origin waits for the slowest. `passing`: it is for one.
 */
type State = 'asked' | 'storing' | 'sharing' | 'passing' | 'over';

/** A stored answer, for all whom it serves. */
type FromStore = Omit<Verdict & { type: 'stored' }, 'type'>;

/** One fetch from the origin and all who wait for its answer. */
export class Flight implements OriginFetch {
  backend?: string;
  onAbandoned?: () => void;
  onWritable?: () => void;
  private readonly readers: Audience;
  private readonly requestedAt: number;
  private state: State = 'asked';
  /** Whose request it is. */
  private leader?: Reader;
  private statusCode = 0;
  /** Of who joins. */
  private storedHeaders: RawHeaders = [];
  private stored?: Verdict & { type: 'store' };
  private body?: FlowingBody;
  private wait?: NodeJS.Timeout;
  /** When something of it came last. */
  private progressAt: number;
  /** It goes on for the store when no client waits for it any more. */
  private isForStore: boolean;

  constructor(private readonly ports: FlightPorts) {
    this.requestedAt = this.progressAt = ports.clock();
    this.isForStore = ports.isBackground;
    this.readers = new Audience(ports.stallMs, () => this.onWritable?.());
    if (ports.isBackground) this.limitWait();
  }

  get headers(): RawHeaders {
    return this.ports.headers;
  }

  get avoid(): readonly string[] {
    return this.ports.avoid;
  }

  get isBackground(): boolean {
    return this.ports.isBackground;
  }

  /** Whether this request may wait for this answer, as far as can be told now. */
  isOpenTo(request: ReadRequest): boolean {
    if (!this.ports.isCurrent()) return false;
    if (this.state === 'asked') return this.ports.isShared;
    if (this.ports.clock() - this.progressAt >= this.ports.coalesceWaitMs) return false; // it hangs in mid-body
    return this.state === 'storing' && this.body?.isWhole === true && this.stored?.serves(request) === true;
  }

  /** Lets the one whose request it is wait for it. */
  lead(waiting: Waiting): void {
    this.leader = new Reader(waiting, (left) => this.onLeft(left));
    this.readers.add(this.leader);
    if (this.ports.lateStandIn()) this.limitWait();
  }

  join(waiting: Waiting): void {
    const reader = new Reader(waiting, (left) => this.onLeft(left));
    this.readers.add(reader);
    if (this.state === 'asked') this.limitWait();
    if (this.state === 'storing') this.beginFor(reader);
  }

  /** To all that wait for the head, if it may be shared; else to the leader. */
  onInformation(statusCode: number, rawHeaders: RawHeaders): void {
    if (this.state !== 'asked') return;
    const headers = endToEndHeaders(rawHeaders);
    const isShared = !this.ports.isPersonal && !fieldsOf(headers).has('set-cookie');
    for (const reader of this.readers.all()) {
      if (isShared || reader === this.leader) reader.inform(statusCode, headers);
    }
  }

  onHead(statusCode: number, rawHeaders: RawHeaders): void {
    if (this.state !== 'asked') return;
    clearTimeout(this.wait);
    this.progressAt = this.ports.clock();
    this.statusCode = statusCode;
    const headers = endToEndHeaders(rawHeaders);
    const verdict = this.ports.judge(statusCode, headers, {
      requestedAt: this.requestedAt,
      answeredAt: this.ports.clock(),
    });
    if (verdict.type === 'stored') this.answerFromStore(verdict);
    else if (verdict.type === 'void') this.settleAll((reader) => reader.release());
    else if (verdict.type === 'store') this.beginStoring(headers, verdict);
    else this.beginPassing(verdict.headers ?? headers, verdict);
  }

  onData(chunk: Buffer): boolean {
    if (this.state === 'over' || this.state === 'asked') return true;
    this.progressAt = this.ports.clock();
    if (this.state === 'passing') this.readers.write(chunk);
    else this.flow(chunk);
    return this.state === 'storing' || this.readers.isWritable();
  }

  onEnd(): void {
    const whole = this.body?.finish();
    if (whole && this.stored) {
      this.stored.keep(whole);
      this.ports.onStored(this.stored.serves);
    }
    this.settleAll((reader) => reader.complete());
  }

  onError(error: unknown): void {
    if (this.state === 'over') return;
    const isUnanswered = this.state === 'asked';
    const response = isUnanswered ? this.ports.standIn() : undefined;
    if (response) this.answerFromStore({ response, isRenewed: false, isStored: false, serves: () => true });
    else this.settleAll((reader) => (isUnanswered ? reader.fail(error) : reader.breakOff()));
    this.body?.drop();
  }

  private flow(chunk: Buffer): void {
    if (this.body?.add(chunk) === false && this.state === 'storing') this.stopStoring();
    this.readers.pump();
  }

  private beginStoring(headers: RawHeaders, verdict: Verdict & { type: 'store' }): void {
    this.state = 'storing';
    this.stored = verdict;
    this.storedHeaders = verdict.headers;
    this.body = this.ports.newBody();
    for (const reader of this.readers.all()) {
      if (reader === this.leader) this.beginFor(reader, headers);
      else if (verdict.serves(reader.request)) this.beginFor(reader);
      else this.release(reader);
    }
    this.flushSoon();
  }

  private beginPassing(headers: RawHeaders, { detail, isByNature }: Verdict & { type: 'pass' }): void {
    this.state = 'passing';
    if (isByNature) this.ports.onUnshareable();
    this.ports.onClosed();
    for (const reader of this.readers.all()) if (reader !== this.leader) this.release(reader, true);
    if (this.readers.isEmpty) return this.abandon();
    this.ports.onAnswered('unstored');
    this.leader?.begin(this.statusCode, [...headers, 'Cache-Status', this.statusLine({ detail })], false);
    this.flushSoon();
  }

  private beginFor(reader: Reader, headers = this.storedHeaders): void {
    const isCollapsed = reader !== this.leader;
    const status = this.statusLine({ isStored: true, isCollapsed });
    this.ports.onAnswered(isCollapsed ? 'collapsed' : 'miss');
    if (isKnownToClient(reader.request.fields, this.statusCode, headers, this.ports.clock())) {
      this.readers.delete(reader);
      reader.answer(
        { statusCode: 304, headers: [...headersOf304(headers), 'Cache-Status', status] },
        true,
        this.ports.held,
      );
    } else if (reader.begin(this.statusCode, [...headers, 'Cache-Status', status], true) && this.body)
      reader.read(this.body);
  }

  /**
   * Another fetch has brought the answer: those whom it serves look it up, and what hangs is ended when nobody waits
   * for it any more.
   */
  supersede(serves: (request: ReadRequest) => boolean): void {
    if (this.state !== 'asked') return;
    for (const reader of this.readers.all()) if (serves(reader.request)) this.release(reader);
    if (this.readers.isEmpty) this.abandon();
  }

  private limitWait(): void {
    this.wait ??= setTimeout(() => this.becomeLate(), this.ports.coalesceWaitMs);
  }

  /**
   * Its backend may hang. All are given what is stored, if that may be used while the origin fails; else all but the
   * leader look again, and one of them asks another backend. Where nothing says that the answer will be for several
   * each asks alone: they would stand in a row, one long poll behind the other.
   */
  private becomeLate(): void {
    this.ports.onLate();
    const response = this.ports.lateStandIn();
    if (!response) {
      for (const reader of this.readers.all()) if (reader !== this.leader) this.release(reader, !this.ports.isKnown);
      return;
    }
    this.isForStore = true;
    for (const reader of this.readers.dismiss())
      this.answer(reader, { response, isRenewed: false, isStored: false, serves: () => true });
  }

  /** It has become too large to be kept: from here on the origin waits for the slowest. */
  private stopStoring(): void {
    this.state = 'sharing';
    this.ports.onClosed();
    if (this.readers.isEmpty) this.abandon();
  }

  private answerFromStore(answer: FromStore): void {
    this.settleAll((reader) => this.answer(reader, answer));
  }

  private answer(reader: Reader, { response, isRenewed, isStored, serves }: FromStore): void {
    const isCollapsed = reader !== this.leader;
    if (isCollapsed && !serves(reader.request)) return reader.release();
    this.ports.onAnswered(isCollapsed ? 'collapsed' : isRenewed ? 'revalidated' : 'stale');
    const status = {
      type: 'forwarded',
      reason: this.ports.reason,
      statusCode: this.statusCode,
      isStored,
      isCollapsed,
    } as const;
    reader.answer(answerFrom(response, reader.request, status, this.ports.clock()), true, this.ports.held);
  }

  private onLeft(reader: Reader): void {
    this.readers.delete(reader);
    if (this.readers.isEmpty && !this.isForStore) this.abandon();
  }

  private release(reader: Reader, isAlone = false): void {
    this.readers.delete(reader);
    reader.release(isAlone);
  }

  private abandon(): void {
    if (this.state === 'over') return; // what was complete already
    this.settleAll(() => {});
    this.body?.drop();
    this.onAbandoned?.();
  }

  private settleAll(settle: (reader: Reader) => void): void {
    if (this.state === 'over') return;
    this.state = 'over';
    clearTimeout(this.wait);
    this.ports.onClosed();
    for (const reader of this.readers.dismiss()) settle(reader);
  }

  /** With the first piece of the body if that is here already, else at once. */
  private flushSoon(): void {
    process.nextTick(() => this.readers.flush());
  }

  private statusLine(more: { isStored?: boolean; isCollapsed?: boolean; detail?: string }): string {
    return cacheStatusLine({ type: 'forwarded', reason: this.ports.reason, statusCode: this.statusCode, ...more });
  }
}
