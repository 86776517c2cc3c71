/** One kind of error. */
interface ErrorEntry {
  /** Over HTTP. Absent: no client gets it; if one would, it gets `internal_error`. */
  readonly status?: number;
  /** Says which operation failed, and the action to take. An error instance may have a more specific message. */
  readonly message: string;
  /** Whether the same call may succeed later unchanged. Default: false. An error instance may override it. */
  readonly isRetryable?: true;
}

/** Requests that are refused before a handler runs: malformed, too large, or for another host. */
const REQUEST = {
  bad_request: { status: 400, message: 'The server refused the request; correct it.' },
  malformed_request: { status: 400, message: 'The request is not valid HTTP; the connection is closed.' },
  invalid_framing: {
    status: 400,
    message: 'The end of the request is ambiguous; send either Content-Length or Transfer-Encoding.',
  },
  invalid_host: { status: 400, message: 'The Host field is missing or malformed; send one name or address.' },
  invalid_target: { status: 400, message: 'The target is neither a path nor a URL of this host; correct it.' },
  invalid_url: { status: 400, message: 'The path is not a valid URL path; check its percent escapes.' },
  invalid_content_length: {
    status: 400,
    message: 'The length of the request body differs from Content-Length; correct it.',
  },
  invalid_json: { status: 400, message: 'The request body is not valid JSON; send application/json.' },
  invalid_request: { status: 400, message: 'The request is not valid; errors lists each invalid field.' },
  body_incomplete: {
    status: 400,
    message: 'The connection ended before the end of the request body; send the request again.',
  },
  key_in_url: {
    status: 400,
    message: 'The URL contains a Slipstream key; send the key in Authorization, and replace it.',
  },
  no_websocket: { status: 400, message: 'This path does not serve WebSockets.' },
  request_not_forwardable: { status: 400, message: 'The request is not safe to forward to a backend; correct it.' },
  route_not_found: { status: 404, message: 'No route matches this path.' },
  unknown_url: { status: 404, message: 'No route of /v1 matches this path.' },
  method_not_allowed: { status: 405, message: 'The path does not allow this method; Allow lists the allowed methods.' },
  request_timeout: { status: 408, message: 'The request did not arrive in time; send it again.', isRetryable: true },
  body_too_large: {
    status: 413,
    message: 'The request body is larger than listen.maxBodyBytes; send a smaller one.',
  },
  chunk_extensions_too_large: {
    status: 413,
    message: 'The chunk extensions of the request are too large; send none.',
  },
  url_too_long: { status: 414, message: 'A segment of the path is too long; shorten it.' },
  unsupported_media_type: { status: 415, message: 'Send the request body as application/json.' },
  expectation_failed: { status: 417, message: 'The only supported expectation is 100-continue.' },
  host_not_allowed: {
    status: 421,
    message: 'The listener does not accept this Host. To accept it, add its name to allowedHosts of the listener.',
  },
  headers_too_large: {
    status: 431,
    message: 'The header fields of the request are too large; clear the cookies of this site, or send fewer fields.',
  },
  method_unknown: { status: 501, message: 'The method of the request is unknown.' },
  too_many_connections: {
    status: 503,
    message: 'Too many connections are open; close some, or try again later.',
    isRetryable: true,
  },
  request_loop: {
    status: 508,
    message: 'The request returned to this gateway, because the URL of a backend leads back to it. Correct that URL.',
  },
} as const satisfies Record<string, ErrorEntry>;

/** Callers without access. */
const ACCESS = {
  invalid_user_header: { status: 400, message: 'X-Slipstream-User must be the id of one user.' },
  key_missing: { status: 401, message: 'Send your key as "Authorization: Bearer <key>".' },
  key_unknown: { status: 401, message: 'The key is unknown; check it, or add its hash to the configuration.' },
  admin_required: { status: 403, message: 'This call requires a key of role admin.' },
  url_signature_invalid: {
    status: 403,
    message: 'The URL is not signed, or was changed after it was signed; request a new one where you got it.',
  },
  url_expired: { status: 403, message: 'The signed URL has expired; request a new one where you got it.' },
  service_required: { status: 403, message: 'This call requires a key of role admin or service.' },
  keys_required: { status: 403, message: 'Without keys, only clients on this machine are served; configure keys.' },
  other_user_without_keys: {
    status: 403,
    message: 'Without keys, only the operating system user that runs Slipstream is served; configure keys.',
  },
  proxied_without_keys: { status: 403, message: 'Without keys, requests through a proxy are refused; configure keys.' },
  host_refused: { status: 403, message: "Without keys, the Host must be this listener's own; configure keys." },
  origin_refused: {
    status: 403,
    message: 'Without keys, requests from pages of other origins are refused; configure keys.',
  },
} as const satisfies Record<string, ErrorEntry>;

/** The native and the admin API. */
const API = {
  invalid_cursor: { status: 400, message: 'The cursor does not belong to this list; start again without a cursor.' },
  invalid_idempotency_key: { status: 400, message: 'Idempotency-Key must be 1 to 255 visible ASCII characters.' },
  invalid_last_event_id: { status: 400, message: 'Last-Event-ID must be the id of an event of this stream.' },
  invalid_backend: { status: 400, message: 'The backend is listed twice, or its weight or priority is out of range.' },
  invalid_backend_url: { status: 400, message: 'The URL is not a valid backend URL; see web.backends[].url.' },
  unknown_model: {
    status: 400,
    message: 'No model server has this model; GET /slipstream/v1/models lists all models.',
  },
  asset_empty: { status: 400, message: 'The file is empty; send its content.' },
  signing_not_configured: { status: 409, message: 'No URLs are signed; set web.cdn.signing.key.' },
  asset_limit_reached: { status: 409, message: 'The gateway has hostedAssets.maxFiles files; delete some.' },
  asset_too_large: { status: 413, message: 'The file is larger than hostedAssets.maxFileBytes.' },
  asset_type_refused: {
    status: 415,
    message: 'Files with this extension are not hosted; name an image, font, style, script, audio, video, JSON or PDF.',
  },
  asset_not_found: { status: 404, message: 'The asset does not exist.' },
  document_empty: { status: 400, message: 'The file is empty; send its content.' },
  user_required: { status: 400, message: 'Name the user who owns the documents in X-Slipstream-User.' },
  unknown_notification_kind: { status: 400, message: 'No template exists for notifications of this kind; add one.' },
  backend_not_found: { status: 404, message: 'The backend does not exist.' },
  chat_not_found: { status: 404, message: 'The chat does not exist, or belongs to another user.' },
  dead_letter_not_found: { status: 404, message: 'The queue has no such dead letter.' },
  document_not_found: { status: 404, message: 'The document does not exist, or belongs to another user.' },
  hook_not_found: { status: 404, message: 'The hook does not exist.' },
  index_trial_not_found: {
    status: 404,
    message: 'No index of this name was hidden by POST /admin/queries/indexes/hide.',
  },
  invalid_queue: { status: 404, message: 'The queue does not exist.' },
  job_not_found: { status: 404, message: 'The job does not exist, or belongs to another user.' },
  notification_not_found: { status: 404, message: 'The notification does not exist, or belongs to another user.' },
  query_not_found: { status: 404, message: 'No process has a sample of this query.' },
  user_not_found: { status: 404, message: 'The user does not exist, or the key may not act for it.' },
  backend_exists: { status: 409, message: 'The backend is already in the pool; change it with PATCH.' },
  backends_contended: { status: 409, message: 'Another call is changing the backends; try again.', isRetryable: true },
  call_under_way: {
    status: 409,
    message: 'A call with this Idempotency-Key is running; repeat the request to get its answer.',
    isRetryable: true,
  },
  config_refused: { status: 422, message: 'The configuration has mistakes (errors); the previous one stays active.' },
  document_not_ready: {
    status: 409,
    message: 'The document is not ready for questions; wait for document-ready, or see why it failed.',
  },
  document_loader_timeout: {
    status: 503,
    message: 'The text of the file is not ready within documents.loaderWaitMs; its extraction goes on, so try again.',
    isRetryable: true,
  },
  document_limit_reached: { status: 409, message: 'The user has documents.maxPerUser documents; delete some.' },
  index_not_advised: {
    status: 409,
    message: 'The current advice does not name this index; see GET /admin/queries/advice.',
  },
  index_watched: {
    status: 409,
    message: 'The index was hidden less than a day ago; drop it after the time in Retry-After.',
    isRetryable: true,
  },
  no_web_pool: { status: 409, message: 'No web application is configured; set web.backends.' },
  pool_not_changeable: {
    status: 409,
    message: "The backend's pool can't be changed at run time; change the configuration.",
  },
  too_many_overrides: {
    status: 409,
    message: 'Too many backends were changed at run time; move some changes into slipstream.yaml.',
  },
  document_too_large: { status: 413, message: 'The file is larger than documents.maxFileBytes.' },
  idempotency_key_reused: { status: 422, message: 'This Idempotency-Key was used with another body; send a new key.' },
  explain_refused: { status: 501, message: 'The database server explains no queries.' },
  chat_contended: {
    status: 503,
    message: 'Too many messages arrived in this chat at the same time; try again.',
    isRetryable: true,
  },
  inbox_contended: {
    status: 503,
    message: 'Too many notifications arrived at the same time; try again.',
    isRetryable: true,
  },
  queue_full: {
    status: 503,
    message: 'Too many jobs or notifications of this kind are open; send the request again later.',
    isRetryable: true,
  },
  too_many_subscribers: {
    status: 503,
    message: 'Too many event streams are open; close some, or try again later.',
    isRetryable: true,
  },
} as const satisfies Record<string, ErrorEntry>;

/** Backends and model servers. */
const UPSTREAM = {
  backend_bad_answer: { status: 502, message: "The web application sent an answer that can't be forwarded." },
  backend_unreachable: {
    status: 502,
    message: 'The web application is unreachable; try again in a few seconds.',
    isRetryable: true,
  },
  backend_changes_unusable: {
    status: 503,
    message:
      'The stored changes of the backends can not be read or written, so nothing was changed; correct or delete them ' +
      '(web.overlayStore).',
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
  model_not_found: { status: 404, message: 'No model server has this model; GET /v1/models lists all models.' },
  model_rate_limited: { status: 429, message: 'The model server is busy; try again.', isRetryable: true },
  model_answer_too_large: { status: 502, message: "The model's answer is too large; request a shorter one." },
  model_failed: {
    status: 502,
    message: 'The model server failed, ended its answer early, or sent an invalid answer; try again.',
    isRetryable: true,
  },
  model_rejected: { status: 502, message: 'The model server refused the request (4xx); correct it.' },
  model_key_refused: {
    status: 502,
    message: 'Every model server refuses the key that it was sent; correct llm.backends[].apiKey.',
  },
  model_first_token_timeout: {
    status: 504,
    message: 'The model server did not begin its answer within llm.firstTokenTimeoutMs; try again later.',
    isRetryable: true,
  },
  model_stalled: {
    status: 504,
    message: 'The model server began its answer, then paused for longer than llm.stallTimeoutMs; try again.',
    isRetryable: true,
  },
} as const satisfies Record<string, ErrorEntry>;

/** Stores, and errors of the gateway itself. */
const HOUSE = {
  internal_error: {
    status: 500,
    message: 'Slipstream failed unexpectedly. The log has the details under the request id.',
  },
  cache_load_timeout: { status: 503, message: 'A value took too long to load; try again.', isRetryable: true },
  event_log_unavailable: { status: 503, message: 'The event log is unreachable; try again.', isRetryable: true },
  mongodb_unavailable: { status: 503, message: 'MongoDB is unreachable; try again.', isRetryable: true },
  rabbitmq_unavailable: { status: 503, message: 'RabbitMQ is unreachable; try again.', isRetryable: true },
  redis_unavailable: { status: 503, message: 'Redis is unreachable; try again.', isRetryable: true },
  document_search_unavailable: {
    status: 503,
    message: 'The document-worker is unreachable; check documents.searchUrl, or try again.',
    isRetryable: true,
  },
  document_extractor_unavailable: {
    status: 503,
    message: 'The external extractor is unreachable or busy; check documents.extractors.external.url, or try again.',
    isRetryable: true,
  },
  vectors_unavailable: {
    status: 503,
    message: 'The vector store is unavailable or unreadable; the log of the document-worker has the cause.',
    isRetryable: true,
  },
  supervisor_unavailable: { status: 503, message: 'The supervisor is unreachable; try again.', isRetryable: true },
} as const satisfies Record<string, ErrorEntry>;

/** Reasons for the end of jobs and deliveries, and errors between components. */
const INTERNAL = {
  attempts_exhausted: { message: 'The job did not end within chat.maxAttempts or documents.maxAttempts attempts.' },
  document_damaged: { status: 422, message: 'The file is truncated or damaged; repair it and upload it again.' },
  document_encrypted: { status: 422, message: 'The file is encrypted; remove its password and upload it again.' },
  document_no_text: {
    status: 422,
    message:
      'The file contains no text, like a scan; run character recognition on it first, or configure ' +
      'documents.extractors.external.',
  },
  document_extractor_failed: {
    status: 502,
    message: 'The external extractor failed for this file; see the log of the document-worker.',
  },
  document_unsupported: {
    status: 422,
    message: 'Files of this type are not read; convert the file to PDF, DOCX or plain text.',
  },
  document_too_complex: {
    status: 422,
    message: 'The file needs more memory, or contains more text, than documents.* allows.',
  },
  document_timeout: { status: 422, message: 'The extraction took longer than documents.extractionTimeoutMs.' },
  ingestion_failed: { message: 'The ingestion failed unexpectedly; see the log of the document-worker.' },
  deadline_passed: { message: 'The job did not start before its deadline.' },
  generation_failed: { message: 'The generation failed unexpectedly; see the log of the chat-worker.' },
  notification_removed: { message: 'The notification was removed after its dispatch.' },
  unexpected_error: { message: 'The delivery or message failed unexpectedly; see the log.' },
  email_missing: {
    message: 'The user has no e-mail address, neither in the account nor in the notification preferences.',
  },
  email_not_configured: { message: 'No mail server is configured; set notifications.email.' },
  smtp_certificate_refused: { message: "The mail server's certificate is not trusted.", isRetryable: true },
  smtp_refused_us: { message: 'The mail server refused the login; check notifications.email.', isRetryable: true },
  smtp_rejected: { message: 'The mail server refused the mail.' },
  smtp_timeout: { message: 'The mail server did not accept the mail in time.', isRetryable: true },
  smtp_unreachable: { message: 'The mail server is unreachable, or closed the connection early.', isRetryable: true },
  webhook_address_refused: {
    message: 'Webhooks may not reach this address; see notifications.webhook.allowedAddresses.',
  },
  webhook_certificate_refused: { message: "The webhook's certificate is not trusted.", isRetryable: true },
  webhook_missing: { message: 'The user has no webhook in the notification preferences.' },
  webhook_status: { message: 'The webhook answered with a status other than 2xx.' },
  webhook_timeout: { message: 'The webhook did not answer in time.', isRetryable: true },
  webhook_unreachable: { message: 'The webhook is unreachable.', isRetryable: true },
  startup_failed: { message: "The process can't start." },
  event_ids_not_increasing: { message: 'The ids of appended events must increase.' },
  log_lost: { message: 'The event log has lost the events of a job.' },
  stale_fence: { message: 'A later claim of the job has written to its log.' },
  invalid_message: { message: 'The payload of a message does not match its type.' },
  unknown_message_type: { message: 'The message type is unknown.' },
  http1_aborted: { message: 'The caller aborted the exchange.' },
  http1_body_failed: { message: 'The request body ended early.' },
  http1_closed: { message: 'The origin closed the connection instead of answering.' },
  http1_connect_failed: { message: 'The connection to the origin failed.' },
  http1_connect_timeout: { message: 'The connection to the origin was not established in time.' },
  http1_head_too_large: { message: "The header or trailer of the origin's answer is too large." },
  http1_headers_timeout: { message: 'The origin did not begin to answer in time.' },
  http1_malformed: { message: "The origin's answer is not HTTP/1.1, or its end is ambiguous." },
  http1_pool_closed: { message: 'The pool of connections to the origin is closed.' },
  http1_pool_full: { message: 'The pool has reached its limit of connections.' },
  http1_request_invalid: { message: 'The request is not valid HTTP/1.1.' },
  http1_truncated: { message: 'The origin closed the connection before the end of its answer.' },
} as const satisfies Record<string, ErrorEntry>;

/** All errors, grouped by their source, as listed in docs/errors.md. */
export const ERROR_GROUPS = {
  Requests: REQUEST,
  Access: ACCESS,
  'Native and admin API': API,
  'Backends and model servers': UPSTREAM,
  'Stores and the gateway itself': HOUSE,
  'Jobs, deliveries and internal errors': INTERNAL,
} as const;

const TABLE = { ...REQUEST, ...ACCESS, ...API, ...UPSTREAM, ...HOUSE, ...INTERNAL };

/** Code of an error. */
export type ErrorCode = keyof typeof TABLE;

/** Status, message and retryability of every error, by code. */
export const ERRORS: Readonly<Record<ErrorCode, ErrorEntry>> = TABLE;

export const isErrorCode = (code: string): code is ErrorCode => Object.hasOwn(TABLE, code);

/** Returns the HTTP status of an error with this code. */
export const statusOf = (code: ErrorCode): number => ERRORS[code].status ?? 500;
