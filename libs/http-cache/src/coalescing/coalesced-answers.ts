import type { RawHeaders } from '@slipstream/http';
import type { CacheOutcome } from '../cache-observer.port.js';
import { answerFrom, isKnownToClient } from '../policy/answer.js';
import { headersOf304 } from '../policy/selected-part.js';
import { cacheStatusLine } from '../policy/cache-status.js';
import type { StoredResponse } from '../policy/stored-response.js';
import type { CoalescedFetchPorts } from './coalesced-fetch.ports.js';
import type { FlowingBody } from './flowing-body.js';
import type { Subscriber } from './subscriber.js';
import type { Subscribers } from './subscribers.js';
import type { Verdict } from './verdict.js';

/** A stored response, for all clients that it serves. `statusCode`: that of the origin, if it has answered. */
export type FromStore = Omit<Verdict & { type: 'stored' }, 'type'> & { readonly statusCode?: number };

/** @returns a stored response that is used while the origin fails */
export const inPlaceOf = (response: StoredResponse): FromStore => ({
  response,
  isRenewed: false,
  isStored: false,
  serves: () => true,
});

/** Answers the clients of a coalesced fetch, each with its own Cache-Status (RFC 9211). */
export class CoalescedAnswers {
  /** The client that sent the request. */
  leader?: Subscriber;

  constructor(
    private readonly ports: Pick<CoalescedFetchPorts, 'reason' | 'held' | 'clock' | 'onAnswered'>,
    private readonly subscribers: Subscribers,
  ) {}

  /**
   * Begins a response that is being stored: a 304 for a client that has it, otherwise the head and then the body as it
   * arrives.
   */
  begin(
    subscriber: Subscriber,
    { statusCode, headers, body }: { statusCode: number; headers: RawHeaders; body: FlowingBody },
  ): void {
    const isCollapsed = subscriber !== this.leader;
    this.answered(subscriber, isCollapsed ? 'collapsed' : 'miss');
    const status = this.statusLine({ statusCode, isStored: true, isCollapsed });
    if (isKnownToClient(subscriber.request.fields, statusCode, headers, this.ports.clock())) {
      this.subscribers.delete(subscriber);
      const known = { statusCode: 304, headers: [...headersOf304(headers), 'Cache-Status', status] };
      subscriber.answer(known, true, this.ports.held);
    } else if (subscriber.begin(statusCode, [...headers, 'Cache-Status', status], true)) subscriber.read(body);
  }

  /** Begins a response for the leader alone. @param detail the reason; a token */
  pass(statusCode: number, headers: RawHeaders, detail: string): void {
    this.answered(this.leader, 'unstored');
    this.leader?.begin(statusCode, [...headers, 'Cache-Status', this.statusLine({ statusCode, detail })], false);
  }

  /** Sends a stored response. A client that it does not serve looks up again. */
  give(subscriber: Subscriber, { response, isRenewed, isStored, serves, statusCode }: FromStore): void {
    const isCollapsed = subscriber !== this.leader;
    if (isCollapsed && !serves(subscriber.request)) return subscriber.release();
    this.answered(subscriber, isCollapsed ? 'collapsed' : isRenewed ? 'revalidated' : 'stale');
    const status = { type: 'forwarded', reason: this.ports.reason, statusCode, isStored, isCollapsed } as const;
    subscriber.answer(answerFrom(response, subscriber.request, status, this.ports.clock()), true, this.ports.held);
  }

  private answered(subscriber: Subscriber | undefined, outcome: CacheOutcome): void {
    this.ports.onAnswered(outcome);
    subscriber?.answered(outcome);
  }

  private statusLine(status: {
    statusCode: number;
    isStored?: boolean;
    isCollapsed?: boolean;
    detail?: string;
  }): string {
    return cacheStatusLine({ type: 'forwarded', reason: this.ports.reason, ...status });
  }
}
