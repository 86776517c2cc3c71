import type { RawHeaders } from '@slipstream/http';
import type { CacheOutcome } from '../cache-observer.port.js';
import type { ReadRequest } from '../policy/cache-request.js';
import type { ForwardReason } from '../policy/cache-status.js';
import type { FlowingBody } from './flowing-body.js';
import type { HeldBodies } from './held-bodies.js';
import type { Judge } from './verdict.js';

/** Input and callbacks of a coalesced fetch. */
export interface CoalescedFetchPorts extends Judge {
  readonly reason: ForwardReason;
  /** Fields of the request to the origin. */
  readonly headers: RawHeaders;
  readonly isBackground: boolean;
  /** Whether other clients may wait for its response before it is known to be shareable. */
  readonly isShared: boolean;
  /** Whether the request has credentials. An informational response may then be for their owner alone. */
  readonly isPersonal: boolean;
  /** URLs of backends that are used last. */
  readonly avoid: readonly string[];
  /** Longest wait of other clients for a head. After it they get a stale response, or start their own fetch. */
  readonly coalesceWaitMs: number;
  /** Whether a rule or a stored response shows that the response will be shareable. */
  readonly isKnown: boolean;
  /** Longest time for which one slow client may delay the others, for a response too large to be stored. */
  readonly stallMs: number;
  /** Whole bodies that slow clients read. */
  readonly held: HeldBodies;
  clock(): number;
  newBody(): FlowingBody;
  /** Whether its response is recent enough for a request that begins now. */
  isCurrent(): boolean;
  /** Called at the deadline without a head: no further client may wait for it. */
  onLate(): void;
  /** The response is stored. */
  onStored(serves: (request: ReadRequest) => boolean): void;
  /** Called when no other client may join any more. May be called twice. */
  onClosed(): void;
  /** Called if the response was for one client only. */
  onUnshareable(): void;
  onAnswered(outcome: CacheOutcome): void;
}
