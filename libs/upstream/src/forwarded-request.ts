import type { Duplex } from 'node:stream';
import type { LeaseOutcome, PickOptions } from '@slipstream/balancer';
import type { NewSpan, Span } from '@slipstream/contracts';
import type { RawHeaders, Receiver, RequestTimeline } from '@slipstream/http';
import type { Http1Request } from '@slipstream/http1';

/** What a backend is sent as content: all of it, which can be sent again, or a stream, which can't. */
export type RequestBody = Http1Request['body'];

/** How a try at a backend ended. */
export interface Tried {
  backend: string;
  /** Of its answer; absent if none began. */
  statusCode?: number;
  /** What the end of the try says of the backend. */
  outcome: LeaseOutcome;
  /** Whether the receiver went away first. */
  isAbandoned: boolean;
  /** From the try's begin to its end. */
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
  /** What every backend is sent. */
  headers: RawHeaders;
  body: RequestBody;
  /** What it asks of its backend. */
  pickOptions: PickOptions;
  /** URLs of backends that are asked last. Default: none. */
  avoid?: readonly string[];
  /** In place of the pool's `headersTimeoutMs`. */
  headersTimeoutMs?: number;
  /** In place of the pool's limits of silence; 0: its receiver sets the limits. */
  idleTimeoutMs?: number;
  /** A backend is being asked. */
  onSent?: (backend: string) => void;
  /** The answer's head is here; may add fields. */
  onHead?: (backend: string, statusCode: number, headers: string[]) => void;
  /** A try has ended. */
  onTried?: (tried: Tried) => void;
  /** Of a WebSocket handshake. */
  webSocketKey?: string;
  /** Makes it a WebSocket handshake: joins the client to the backend that agrees. */
  join?: (headers: RawHeaders, backend: Duplex, url: string) => void;
}
