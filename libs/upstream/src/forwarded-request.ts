import type { Duplex } from 'node:stream';
import type { LeaseOutcome, PickOptions } from '@slipstream/balancer';
import type { NewSpan, Span } from '@slipstream/contracts';
import type { RawHeaders, Receiver, RequestTimeline } from '@slipstream/http';
import type { Http1Request } from '@slipstream/http1';

/** Content for a backend: complete, so that it can be sent again, or a stream, which can't. */
export type RequestBody = Http1Request['body'];

/** End of a try at a backend. */
export interface Tried {
  backend: string;
  /** Status of its answer; absent if none began. */
  statusCode?: number;
  /** Effect of the try on the health of the backend. */
  outcome: LeaseOutcome;
  /** Whether the receiver left first. */
  isAbandoned: boolean;
  /** Duration of the try. */
  seconds: number;
}

/** One request. */
export interface ForwardedRequest {
  method: string;
  receiver: Receiver;
  /** For logs. */
  requestId?: string;
  /** W3C trace context, for logs. Absent: the caller runs in the context of its request. */
  traceparent?: string;
  /** Parent of the spans of its tries. Absent: they are not recorded. */
  span?: Span;
  /** Facts about the call, for these spans. */
  call?: Pick<NewSpan, 'name' | 'attributes'>;
  /** Absent: its stages are not measured. */
  timeline?: RequestTimeline;
  /** Path and query, below the URL of the backend. */
  url: string;
  /** Fields for every backend. */
  headers: RawHeaders;
  body: RequestBody;
  /** Requirements for its backend. */
  pickOptions: PickOptions;
  /** URLs of backends that are used last. Default: none. */
  avoid?: readonly string[];
  /** Replaces the pool's `headersTimeoutMs`. */
  headersTimeoutMs?: number;
  /** Replaces the pool's idle timeouts; 0: its receiver sets the limits. */
  idleTimeoutMs?: number;
  /** Called when the request is sent to a backend. */
  onSent?: (backend: string) => void;
  /** Called with the answer's head, to which it may add fields. */
  onHead?: (backend: string, statusCode: number, headers: string[]) => void;
  /** Called at the end of a try. */
  onTried?: (tried: Tried) => void;
  /** Of a WebSocket handshake. */
  webSocketKey?: string;
  /** Marks a WebSocket handshake. Joins the client to the backend that accepts it. */
  join?: (headers: RawHeaders, backend: Duplex, url: string) => void;
}
