import type { ErrorEntry } from './error-entry.js';

/** Reasons for the end of jobs and deliveries, and errors between components. */
export const INTERNAL_ERRORS = {
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
