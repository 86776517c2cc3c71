import type { ErrorEntry } from './error-entry.js';

/** Stores, and errors of the gateway itself. */
export const HOUSE_ERRORS = {
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
