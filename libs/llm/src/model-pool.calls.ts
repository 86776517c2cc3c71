import type { Span } from '@slipstream/contracts';
import type { RawHeaders, Receiver, RequestTimeline } from '@slipstream/http';

/** One turn of a conversation, in the form of model servers. */
export interface ChatTurn {
  role: 'system' | 'user' | 'assistant';
  content: string;
}

/** A question to a model. */
export interface StreamChatOptions {
  /** Default: the first of `ModelPool.models`. */
  model?: string;
  messages: readonly ChatTurn[];
  /** Aborting ends the call, here and at the model server. */
  signal: AbortSignal;
  /** W3C trace context to forward. */
  traceparent?: string;
  /** Forwarded as X-Request-Id. */
  requestId?: string;
}

/** A call to forward to a server that has the model. */
export interface ModelCall {
  model: string;
  /** Below the base URL, such as `/chat/completions`; may have a query. */
  path: string;
  /** End-to-end fields, without credentials. */
  headers: RawHeaders;
  body: readonly Buffer[];
  /** Whether the answer is streamed. */
  isStream: boolean;
  requestId?: string;
  /** W3C trace context, for logs. */
  traceparent?: string;
  /** Parent of the spans of its tries. Absent: they are not recorded. */
  span?: Span;
  /** Absent: its stages are not measured. */
  timeline?: RequestTimeline;
  /** Gets the answer, or its error: ModelError, NoHealthyBackendsError, LocalResourcesError, PoolBusyError. */
  receiver: Receiver;
}

/** A running call, with the limits of its caller. */
export type SentCall = Omit<ModelCall, 'isStream'> & {
  headersTimeoutMs: number;
  idleTimeoutMs?: number;
  onSent?: (backend: string) => void;
};
