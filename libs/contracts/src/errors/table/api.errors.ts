import type { ErrorEntry } from './error-entry.js';

/** The native and the admin API. */
export const API_ERRORS = {
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
