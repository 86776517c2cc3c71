import type { ErrorEntry } from './error-entry.js';

/** Callers without access. */
export const ACCESS_ERRORS = {
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
