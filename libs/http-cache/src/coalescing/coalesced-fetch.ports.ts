import type { RawHeaders } from '@slipstream/http';
import type { CacheOutcome } from '../cache-observer.port.js';
import type { ReadRequest } from '../policy/cache-request.js';
import type { ForwardReason } from '../policy/cache-status.js';
import type { FlowingBody } from './flowing-body.js';
import type { HeldBodies } from './held-bodies.js';
import type { Judge } from './verdict.js';

/** What a coalesced fetch is given, and what it calls. */
export interface CoalescedFetchPorts extends Judge {
  readonly reason: ForwardReason;
  /** What the origin is sent. */
  readonly headers: RawHeaders;
  readonly isBackground: boolean;
  /** Whether other clients may wait for its response before it is known to be for them. */
  readonly isShared: boolean;
  /**
   * Whether the request has credentials: then an informational response may be for their owner alone.
   */
  readonly isPersonal: boolean;
  /** URLs of backends that are asked last. */
  readonly avoid: readonly string[];
  /** Longest that other clients wait for a head. After it they get a stale response, or fetch by themselves. */
  readonly coalesceWaitMs: number;
  /** Whether a rule or a stored response says that the response will be for several clients. */
  readonly isKnown: boolean;
  /** Longest that one slow client may hold up the others that share a response too large to be stored. */
  readonly stallMs: number;
  /** Whole bodies that slow clients read. */
  readonly held: HeldBodies;
  clock(): number;
  newBody(): FlowingBody;
  /** Whether its response is good enough for a request that begins now. */
  isCurrent(): boolean;
  /** The deadline has passed without a head: no other client is to wait for it. */
  onLate(): void;
  /** The response is stored. */
  onStored(serves: (request: ReadRequest) => boolean): void;
  /** No other client may join any more. May be called twice. */
  onClosed(): void;
  /** The response was for one client only. */
  onUnshareable(): void;
  onAnswered(outcome: CacheOutcome): void;
}
