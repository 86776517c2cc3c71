/** One kind of error. */
interface ErrorEntry {
  /** Over HTTP. Absent: no client gets it; if one would, it gets `internal_error`. */
  readonly status?: number;
  /** What happened and what to do; an error may say it more exactly. */
  readonly message: string;
  /** Whether the same call may succeed later without being changed. Default: false. An error may know better. */
  readonly isRetryable?: true;
}

/** Requests that no handler sees: they are malformed, too large, or for somebody else. */
const REQUEST = {
  bad_request: { status: 400, message: 'The server refused the request; correct it.' },
  malformed_request: { status: 400, message: 'The request is not valid HTTP; the connection is closed.' },
  invalid_framing: { status: 400, message: 'The end of the request is ambiguous; send one framing of it.' },
  invalid_host: { status: 400, message: 'The Host is missing or malformed; send one name or address.' },
  invalid_target: { status: 400, message: 'The target is neither a path nor a URL of this host; correct it.' },
  invalid_url: { status: 400, message: 'The path is not a valid URL path; check its percent escapes.' },
  invalid_content_length: { status: 400, message: 'The request body is not as long as Content-Length says.' },
  invalid_json: { status: 400, message: 'The request body is not valid JSON; send application/json.' },
  invalid_request: { status: 400, message: 'The request is not valid; errors names each bad field.' },
  body_incomplete: { status: 400, message: 'The connection ended before the request body did; send it again.' },
  key_in_url: { status: 400, message: 'The URL holds a Slipstream key; send it in Authorization, and replace it.' },
  no_websocket: { status: 400, message: 'No WebSocket is served at this path.' },
  request_not_forwardable: { status: 400, message: 'No backend may be sent this request; correct it.' },
  route_not_found: { status: 404, message: 'There is nothing at this path.' },
  unknown_url: { status: 404, message: 'There is nothing at this path of /v1.' },
  method_not_allowed: { status: 405, message: 'This method is not served here; Allow lists those that are.' },
  request_timeout: { status: 408, message: 'The request took too long to arrive; send it again.', isRetryable: true },
  body_too_large: {
    status: 413,
    message: 'The request body is larger than this server accepts (listen.maxBodyBytes).',
  },
  chunk_extensions_too_large: {
    status: 413,
    message: 'The chunk extensions of the request are too large; send it without.',
  },
  url_too_long: { status: 414, message: 'A part of the path is longer than this server accepts.' },
  unsupported_media_type: { status: 415, message: 'Send the request body as application/json.' },
  expectation_failed: { status: 417, message: 'Only the expectation 100-continue is met.' },
  host_not_allowed: {
    status: 421,
    message: 'This Host is not served here. If it should be, add its name to the allowedHosts of this listener.',
  },
  headers_too_large: {
    status: 431,
    message: 'The header fields of the request are too large; clear the cookies of this site, or send fewer.',
  },
  method_unknown: { status: 501, message: 'The method of the request is not known.' },
  too_many_connections: {
    status: 503,
    message: 'Too many connections are open; close some, or try again later.',
    isRetryable: true,
  },
  request_loop: {
    status: 508,
    message: 'The request came back to this gateway: a backend leads back to it. Correct the URL of that backend.',
  },
} as const satisfies Record<string, ErrorEntry>;

/** Callers that are not let in. */
const ACCESS = {
  invalid_user_header: { status: 400, message: 'X-Slipstream-User must be the id of one user.' },
  key_missing: { status: 401, message: 'Send your key as "Authorization: Bearer <key>".' },
  key_unknown: { status: 401, message: 'This key is not known here.' },
  admin_required: { status: 403, message: 'This needs a key of role admin.' },
  service_required: { status: 403, message: 'This needs a key of role admin or service.' },
  keys_required: { status: 403, message: 'Without keys only this machine is served; configure keys.' },
  other_user_without_keys: { status: 403, message: 'Without keys only the user who runs Slipstream is served.' },
  proxied_without_keys: { status: 403, message: 'Without keys no request through a proxy is served; configure keys.' },
  host_refused: { status: 403, message: "Without keys the Host must be this listener's own; configure keys." },
  origin_refused: { status: 403, message: 'Without keys a page of another origin is not served; configure keys.' },
} as const satisfies Record<string, ErrorEntry>;

/** The native and the admin API. */
const API = {
  invalid_cursor: { status: 400, message: 'This cursor is not one of this list; begin again without a cursor.' },
  invalid_idempotency_key: { status: 400, message: 'Idempotency-Key must be 1 to 255 visible ASCII characters.' },
  invalid_last_event_id: { status: 400, message: 'Last-Event-ID must be the id of an event of this stream.' },
  invalid_backend: { status: 400, message: 'The backend is listed twice, or its weight or priority is out of range.' },
  invalid_backend_url: { status: 400, message: 'The URL is not one of a backend; see web.backends[].url.' },
  unknown_model: { status: 400, message: 'No model server here has this model; GET /slipstream/v1/models lists all.' },
  unknown_notification_kind: { status: 400, message: 'There is no template for notifications of this kind; add one.' },
  backend_not_found: { status: 404, message: 'There is no such backend.' },
  chat_not_found: { status: 404, message: 'There is no such chat, or none of this caller.' },
  dead_letter_not_found: { status: 404, message: 'There is no such dead letter in this queue.' },
  hook_not_found: { status: 404, message: 'There is no such hook.' },
  invalid_queue: { status: 404, message: 'There is no such queue.' },
  job_not_found: { status: 404, message: 'There is no such job, or none of this caller.' },
  notification_not_found: { status: 404, message: 'There is no such notification, or none of this caller.' },
  user_not_found: { status: 404, message: 'There is no such user, or none that this caller acts for.' },
  backend_exists: { status: 409, message: 'The backend is in the pool already; change it by PATCH.' },
  backends_contended: { status: 409, message: 'Others change the backends just now; try again.', isRetryable: true },
  call_under_way: {
    status: 409,
    message: 'A call with this Idempotency-Key is under way; ask again for its answer.',
    isRetryable: true,
  },
  config_refused: { status: 422, message: 'The configuration has mistakes (errors); the former one stays in use.' },
  no_web_pool: { status: 409, message: 'No web application is configured, so there is no pool to change.' },
  pool_not_changeable: { status: 409, message: "The backend's pool can't be changed at run time." },
  too_many_overrides: { status: 409, message: 'Too many backends are changed at run time; write some into the file.' },
  idempotency_key_reused: { status: 422, message: 'This Idempotency-Key came with another body; send a new key.' },
  chat_contended: {
    status: 503,
    message: 'Too many messages arrive in this chat at once; try again.',
    isRetryable: true,
  },
  inbox_contended: { status: 503, message: 'Too many notifications arrive at once; try again.', isRetryable: true },
  queue_full: { status: 503, message: 'Too much of this kind is open; send it again later.', isRetryable: true },
  too_many_subscribers: {
    status: 503,
    message: 'Too many event streams are open; close some, or come back later.',
    isRetryable: true,
  },
} as const satisfies Record<string, ErrorEntry>;

/** Backends and model servers. */
const UPSTREAM = {
  backend_bad_answer: { status: 502, message: "The web application gave an answer that can't be passed on." },
  backend_unreachable: {
    status: 502,
    message: 'The web application could not be reached; try again in a few seconds.',
    isRetryable: true,
  },
  no_healthy_backends: { status: 503, message: 'No backend of the pool is healthy; try again.', isRetryable: true },
  pool_busy: { status: 503, message: 'All backends of the pool are busy; try again.', isRetryable: true },
  local_resources_exhausted: {
    status: 503,
    message: 'The gateway is out of file descriptors, ports or memory for connections; try again in a few seconds.',
    isRetryable: true,
  },
  backend_timeout: {
    status: 504,
    message: 'The web application took too long to answer; try again later.',
    isRetryable: true,
  },
  model_missing: { status: 400, message: "The request body must be a JSON object with the string 'model'." },
  model_not_found: { status: 404, message: 'No model server here has this model; GET /v1/models lists all.' },
  model_rate_limited: { status: 429, message: 'The model server has too much to do; try again.', isRetryable: true },
  model_answer_too_large: { status: 502, message: "The model's answer outgrew what is kept; ask for less." },
  model_failed: {
    status: 502,
    message: 'The model server failed, broke off, or sent what can not be understood; try again.',
    isRetryable: true,
  },
  model_rejected: { status: 502, message: 'The model server refused the request (4xx); correct it.' },
  model_first_token_timeout: {
    status: 504,
    message: 'No answer began within llm.firstTokenTimeoutMs; try again later.',
    isRetryable: true,
  },
  model_stalled: { status: 504, message: 'The answer began, then stopped for llm.stallTimeoutMs.', isRetryable: true },
} as const satisfies Record<string, ErrorEntry>;

/** Stores, and what is broken here. */
const HOUSE = {
  internal_error: {
    status: 500,
    message: 'Something went wrong here. The log has the details under the request id.',
  },
  cache_load_timeout: { status: 503, message: 'A value took too long to load; try again.', isRetryable: true },
  event_log_unavailable: { status: 503, message: "The event log can't be reached; try again.", isRetryable: true },
  mongodb_unavailable: { status: 503, message: "MongoDB can't be reached; try again.", isRetryable: true },
  rabbitmq_unavailable: { status: 503, message: "RabbitMQ can't be reached; try again.", isRetryable: true },
  redis_unavailable: { status: 503, message: "Redis can't be reached; try again.", isRetryable: true },
  vectors_unavailable: {
    status: 503,
    message: "The vector store can't be reached or read; the log of the document-worker has the cause.",
    isRetryable: true,
  },
  supervisor_unavailable: { status: 503, message: "The supervisor can't be reached; try again.", isRetryable: true },
} as const satisfies Record<string, ErrorEntry>;

/** Ends of jobs and deliveries, by which their state names them; and errors between our own parts. */
const INTERNAL = {
  attempts_exhausted: { message: 'The job was tried as often as chat.maxAttempts allows, and never ended.' },
  deadline_passed: { message: 'The job was not begun: its deadline has passed.' },
  generation_failed: { message: 'The generation failed in an unexpected way; the log of the chat-worker has it.' },
  notification_removed: { message: 'The notification was removed after its dispatch.' },
  unexpected_error: { message: 'The delivery or message failed in an unexpected way; the log has it.' },
  email_missing: { message: 'The person has no e-mail address, and none in their notification preferences.' },
  email_not_configured: { message: 'There is no mail server; set notifications.email.' },
  smtp_certificate_refused: { message: "The mail server's certificate is not trusted.", isRetryable: true },
  smtp_refused_us: { message: 'The mail server did not let us in; check notifications.email.', isRetryable: true },
  smtp_rejected: { message: 'The mail server refused the mail.' },
  smtp_timeout: { message: 'The mail server did not take the mail in time.', isRetryable: true },
  smtp_unreachable: { message: 'The mail server could not be reached, or broke off.', isRetryable: true },
  webhook_address_refused: { message: 'The webhook is at an address that webhooks may not reach.' },
  webhook_certificate_refused: { message: "The webhook's certificate is not trusted.", isRetryable: true },
  webhook_missing: { message: 'The person has no webhook in their notification preferences.' },
  webhook_status: { message: 'The webhook answered with another status than 2xx.' },
  webhook_timeout: { message: 'The webhook did not answer in time.', isRetryable: true },
  webhook_unreachable: { message: 'The webhook could not be reached.', isRetryable: true },
  startup_failed: { message: "The process can't start." },
  event_ids_not_increasing: { message: 'The ids of appended events must increase.' },
  log_lost: { message: 'The event log has lost the events of a job.' },
  stale_fence: { message: 'A later claim of the job has written to its log.' },
  invalid_message: { message: 'The payload of a message does not fit its type.' },
  unknown_message_type: { message: 'There is no such message type.' },
  http1_aborted: { message: 'The exchange was broken off by its caller.' },
  http1_body_failed: { message: "The request's body was broken off." },
  http1_closed: { message: 'The origin closed the connection instead of answering.' },
  http1_connect_failed: { message: 'No connection to the origin could be made.' },
  http1_connect_timeout: { message: 'No connection to the origin was made in time.' },
  http1_head_too_large: { message: "The head or trailer of the origin's answer is larger than is read." },
  http1_headers_timeout: { message: 'The origin did not begin to answer in time.' },
  http1_malformed: { message: "The origin's answer is not HTTP/1.1, or its end is ambiguous." },
  http1_pool_closed: { message: 'The pool of connections to the origin is closed.' },
  http1_pool_full: { message: 'The pool has as many connections as it may.' },
  http1_request_invalid: { message: "The request can't be sent as it is." },
  http1_truncated: { message: 'The origin closed the connection within its answer.' },
} as const satisfies Record<string, ErrorEntry>;

/** Where an error can come from, with the errors of each: what docs/errors.md lists. */
export const ERROR_GROUPS = {
  Requests: REQUEST,
  Access: ACCESS,
  'Native and admin API': API,
  'Backends and model servers': UPSTREAM,
  'Stores and the gateway itself': HOUSE,
  'Jobs, deliveries and internal errors': INTERNAL,
} as const;

const TABLE = { ...REQUEST, ...ACCESS, ...API, ...UPSTREAM, ...HOUSE, ...INTERNAL };

/** Every code that an error of ours can have. */
export type ErrorCode = keyof typeof TABLE;

/** Code, status, message and retryability of every error. */
export const ERRORS: Readonly<Record<ErrorCode, ErrorEntry>> = TABLE;

/** The status that an error with this code has over HTTP. */
export const statusOf = (code: ErrorCode): number => ERRORS[code].status ?? 500;
