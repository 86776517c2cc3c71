import { isCertificateRefusal } from '../certificate-refusal.js';
import { DeliveryError } from '../delivery-error.js';

/** For the operator to correct, so the mail waits for it: wrong password, no TLS. */
const CONFIGURATION_ERRORS = new Set(['EAUTH', 'ETLS', 'ECONFIG']);

/**
 * Meaning of an SMTP failure (RFC 5321 section 4.2.1): 5yz is permanent, 4yz temporary; without a reply the server was
 * unreachable. The text of the reply is left out, because it may quote the mail.
 */
export function smtpFailure(error: unknown): DeliveryError {
  const { responseCode, code } = error as { responseCode?: unknown; code?: unknown };
  const status = typeof responseCode === 'number' ? responseCode : undefined;
  if (isCertificateRefusal(error))
    return new DeliveryError(
      'smtp_certificate_refused',
      "The mail server's certificate is not trusted, has expired, or is for another host.",
      { cause: error },
    );
  if (typeof code === 'string' && CONFIGURATION_ERRORS.has(code)) {
    return new DeliveryError('smtp_refused_us', 'The mail server refused the login; check notifications.email.', {
      status,
      cause: error,
    });
  }
  if (status === undefined)
    return new DeliveryError('smtp_unreachable', 'The mail server is unreachable, or closed the connection early.', {
      cause: error,
    });
  return new DeliveryError('smtp_rejected', `The mail server answered with ${status}.`, {
    status,
    isRetryable: status < 500,
    cause: error,
  });
}
