import type { ErrorEntry } from './error-entry.js';

/** Backends and model servers. */
export const UPSTREAM_ERRORS = {
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
