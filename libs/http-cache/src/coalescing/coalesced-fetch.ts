import { addToVary, type RawHeaders } from '@slipstream/http';
import { fieldsOf } from '../fields/fields.js';
import type { ReadRequest } from '../policy/cache-request.js';
import { CoalescedAnswers, inPlaceOf, type FromStore } from './coalesced-answers.js';
import type { CoalescedFetchPorts } from './coalesced-fetch.ports.js';
import type { FlowingBody } from './flowing-body.js';
import type { OriginFetch } from './origin-fetch.port.js';
import { Subscriber, type WaitingClient } from './subscriber.js';
import { Subscribers } from './subscribers.js';
import type { Verdict } from './verdict.js';

type StoreVerdict = Verdict & { type: 'store' };

type State =
  /** No head has arrived. */
  | { readonly type: 'requested' }
  /** The body is kept whole, for the store and for clients that join. */
  | {
      readonly type: 'storing';
      readonly statusCode: number;
      /** For clients that join. */
      readonly headers: RawHeaders;
      readonly verdict: StoreVerdict;
      readonly body: FlowingBody;
    }
  /** The body has become too large to be stored: the origin waits for the slowest of the clients. */
  | { readonly type: 'sharing'; readonly body: FlowingBody }
  /** The response is for one client. */
  | { readonly type: 'passing' }
  | { readonly type: 'settled' }
  /** Neither a client nor the store wants the response any more. */
  | { readonly type: 'abandoned' };

type Over = Extract<State, { type: 'settled' | 'abandoned' }>;
const isOver = (state: State): state is Over => state.type === 'settled' || state.type === 'abandoned';

/** One fetch from the origin, and all clients that wait for its response. */
export class CoalescedFetch implements OriginFetch {
  backend?: string;
  onGone?: (violation?: unknown) => void;
  onWritable?: () => void;
  private state: State = { type: 'requested' };
  private readonly subscribers: Subscribers;
  private readonly answers: CoalescedAnswers;
  private readonly requestedAt: number;
  private deadline?: NodeJS.Timeout;
  /** Time of the latest progress of the response. */
  private progressAt: number;
  /** Whether it continues for the store when no client waits for it any more. */
  private isForStore: boolean;

  constructor(private readonly ports: CoalescedFetchPorts) {
    this.requestedAt = this.progressAt = ports.clock();
    this.isForStore = ports.isBackground;
    this.subscribers = new Subscribers(ports.stallMs, () => this.onWritable?.());
    this.answers = new CoalescedAnswers(ports, this.subscribers);
    if (ports.isBackground) this.setDeadline();
  }

  get headers(): RawHeaders {
    return this.ports.headers;
  }

  get avoid(): readonly string[] {
    return this.ports.avoid;
  }

  get isGone(): boolean {
    return this.state.type === 'abandoned';
  }

  get isBackground(): boolean {
    return this.ports.isBackground;
  }

  /** Whether this request may wait for the response, as far as is known now. */
  isOpenTo(request: ReadRequest): boolean {
    const { ports, state } = this;
    if (!ports.isCurrent()) return false;
    if (state.type === 'requested') return ports.isShared;
    if (ports.clock() - this.progressAt >= ports.coalesceWaitMs) return false; // it hangs within the body
    return state.type === 'storing' && state.body.isWhole && state.verdict.serves(request);
  }

  /** Subscribes the client that sent the request. */
  lead(waiting: WaitingClient): void {
    this.answers.leader = this.subscribe(waiting);
    if (this.ports.lateStaleIfError()) this.setDeadline();
  }

  join(waiting: WaitingClient): void {
    const subscriber = this.subscribe(waiting);
    if (this.state.type === 'requested') this.setDeadline();
    else if (this.state.type === 'storing') this.answers.begin(subscriber, this.state);
  }

  /** Sent to all clients that wait for the head if it may be shared, otherwise to the leader. */
  inform(statusCode: number, headers: RawHeaders): void {
    if (this.state.type !== 'requested') return;
    const isShared = !this.ports.isPersonal && !fieldsOf(headers).has('set-cookie');
    for (const subscriber of this.subscribers.all()) {
      if (isShared || subscriber === this.answers.leader) subscriber.inform(statusCode, headers);
    }
  }

  begin(statusCode: number, headers: RawHeaders): void {
    if (this.state.type !== 'requested') return;
    clearTimeout(this.deadline);
    const answeredAt = (this.progressAt = this.ports.clock());
    const verdict = this.ports.judge(statusCode, headers, { requestedAt: this.requestedAt, answeredAt });
    switch (verdict.type) {
      case 'stored':
        return this.answerFromStore({ ...verdict, statusCode });
      case 'void':
        return this.settle((subscriber) => subscriber.release());
      case 'store':
        return this.beginStoring(statusCode, withVary(headers, verdict.varyBy), verdict);
      case 'pass':
        return this.beginPassing(statusCode, verdict.headers ?? headers, verdict);
    }
  }

  write(chunk: Buffer): boolean {
    const { state } = this;
    if (isOver(state) || state.type === 'requested') return true;
    this.progressAt = this.ports.clock();
    if (state.type === 'passing') this.subscribers.write(chunk);
    else {
      if (!state.body.add(chunk) && state.type === 'storing') this.stopStoring(state.body);
      this.subscribers.pump();
    }
    return this.state.type === 'storing' || this.subscribers.isWritable();
  }

  /** No effect, because the cache sends all data at once. */
  flush(): void {}

  end(): void {
    const { state } = this;
    const whole = state.type === 'storing' || state.type === 'sharing' ? state.body.finish() : undefined;
    if (whole && state.type === 'storing') {
      state.verdict.keep(whole);
      this.ports.onStored(state.verdict.serves);
    }
    this.settle((subscriber) => subscriber.complete());
  }

  breakOff(error: unknown): void {
    this.refuse(error);
  }

  refuse(error: unknown): void {
    const { state } = this;
    if (isOver(state)) return;
    const isUnanswered = state.type === 'requested';
    const response = isUnanswered ? this.ports.staleIfError() : undefined;
    if (response) this.answerFromStore(inPlaceOf(response));
    else this.settle((subscriber) => (isUnanswered ? subscriber.fail(error) : subscriber.breakOff()));
    dropBody(state);
  }

  /**
   * Another fetch has stored the response. The clients that it serves look it up. A fetch that hangs ends when no
   * client waits for it any more.
   */
  supersede(serves: (request: ReadRequest) => boolean): void {
    if (this.state.type !== 'requested') return;
    for (const subscriber of this.subscribers.all()) if (serves(subscriber.request)) this.release(subscriber);
    if (this.subscribers.isEmpty) this.abandon();
  }

  private subscribe(waiting: WaitingClient): Subscriber {
    const subscriber = new Subscriber(waiting, (left) => this.onLeft(left));
    this.subscribers.add(subscriber);
    return subscriber;
  }

  private beginStoring(statusCode: number, headers: RawHeaders, verdict: StoreVerdict): void {
    const state = {
      type: 'storing',
      statusCode,
      headers: verdict.headers,
      verdict,
      body: this.ports.newBody(),
    } as const;
    this.state = state;
    for (const subscriber of this.subscribers.all()) {
      if (subscriber === this.answers.leader) this.answers.begin(subscriber, { ...state, headers });
      else if (verdict.serves(subscriber.request)) this.answers.begin(subscriber, state);
      else this.release(subscriber);
    }
    this.flushSoon();
  }

  /** The body has become too large to be stored. From now on the origin waits for the slowest client. */
  private stopStoring(body: FlowingBody): void {
    this.state = { type: 'sharing', body };
    this.ports.onClosed();
    if (this.subscribers.isEmpty) this.abandon();
  }

  private beginPassing(
    statusCode: number,
    headers: RawHeaders,
    { detail, isByNature }: Verdict & { type: 'pass' },
  ): void {
    this.state = { type: 'passing' };
    if (isByNature) this.ports.onUnshareable();
    this.ports.onClosed();
    for (const subscriber of this.subscribers.all())
      if (subscriber !== this.answers.leader) this.release(subscriber, true);
    if (this.subscribers.isEmpty) return this.abandon();
    this.answers.pass(statusCode, headers, detail);
    this.flushSoon();
  }

  private answerFromStore(answer: FromStore): void {
    this.settle((subscriber) => this.answers.give(subscriber, answer));
  }

  private setDeadline(): void {
    this.deadline ??= setTimeout(() => this.becomeLate(), this.ports.coalesceWaitMs);
  }

  /**
   * Its backend may hang. If a stored response may be used while the origin fails, all clients get it. Otherwise all
   * clients except the leader look up again, and one of them sends a request to another backend. If nothing shows that
   * the response will be shareable, each fetches alone. Otherwise they would wait in sequence, as for a long poll.
   */
  private becomeLate(): void {
    const { ports, subscribers } = this;
    ports.onLate();
    const response = ports.lateStaleIfError();
    if (response) {
      this.isForStore = true;
      for (const subscriber of subscribers.dismiss()) this.answers.give(subscriber, inPlaceOf(response));
    } else
      for (const subscriber of subscribers.all())
        if (subscriber !== this.answers.leader) this.release(subscriber, !ports.isKnown);
  }

  private onLeft(subscriber: Subscriber): void {
    this.subscribers.delete(subscriber);
    if (this.subscribers.isEmpty && !this.isForStore) this.abandon();
  }

  private release(subscriber: Subscriber, isAlone = false): void {
    this.subscribers.delete(subscriber);
    subscriber.release(isAlone);
  }

  private abandon(): void {
    const { state } = this;
    if (isOver(state)) return; // it was complete already
    this.settle(() => {}, { type: 'abandoned' });
    dropBody(state);
    this.onGone?.();
  }

  private settle(each: (subscriber: Subscriber) => void, state: Over = { type: 'settled' }): void {
    if (isOver(this.state)) return;
    this.state = state;
    clearTimeout(this.deadline);
    this.ports.onClosed();
    for (const subscriber of this.subscribers.dismiss()) each(subscriber);
  }

  /** Flushes together with the first piece of the body if it has arrived, otherwise at once. */
  private flushSoon(): void {
    process.nextTick(() => this.subscribers.flush());
  }
}

function withVary(headers: RawHeaders, names: readonly string[]): string[] {
  const all = [...headers];
  addToVary(all, names);
  return all;
}

function dropBody(state: State): void {
  if (state.type === 'storing' || state.type === 'sharing') state.body.drop();
}
