/** How an answer ended. */
export type AnswerEnd =
  | 'complete'
  /** The client closed its connection early. */
  | 'client-left'
  /** The gateway ended it early, because its backend did so or because of an error. */
  | 'broken-off';

/** One request of the access log. Any of its texts may come from a client. */
export interface AccessEntry {
  /** Absent: the request could not be read. */
  requestId?: string;
  traceId?: string;
  /** Address of the client. */
  client: string;
  /** Id of the user that the request acts for. Absent: unknown here. */
  user?: string;
  /** Id of its key. Absent: none is required. */
  key?: string;
  method: string;
  /** Path and query as sent. */
  url: string;
  /** `HTTP/1.1`, `HTTP/2.0` or `websocket`. */
  protocol: string;
  /** Route, or template of one. */
  route: string;
  status: number;
  /** Of the body; of a WebSocket, all that was sent to the client. */
  bytes: number;
  durationMs: number;
  /** Until the head of the answer. Absent: there was none. */
  firstByteMs?: number;
  end: AnswerEnd;
  /** An event stream, or a WebSocket: it may last. */
  isStream: boolean;
  /** URL of the backend. Absent: it was sent to none. */
  backend?: string;
  /** Number of times that it was sent to a backend. */
  tries?: number;
  /** How the response cache answered. Absent: the cache had no part in it. */
  cache?: string;
  /** Milliseconds of each stage; together the whole duration. */
  stages?: Readonly<Record<string, number>>;
  userAgent?: string;
  referer?: string;
}

/** An entry with the facts of its line. */
export interface NotedEntry extends AccessEntry {
  /** When it ended, in ms since 1970. */
  endedAt: number;
  isSlow: boolean;
  /** Number of requests that the line stands for. */
  sampled: number;
}
