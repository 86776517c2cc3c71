import type { IncomingMessage } from 'node:http';
import { hasKeyInQuery } from './own-keys.js';

/**
 * Finds one of our keys in the query of a request, for a 400 answer. It would be forwarded to a backend, and URLs are
 * kept in logs and histories.
 * @returns undefined if there is none
 */
export const keyViolation = ({ url = '' }: IncomingMessage): string | undefined =>
  hasKeyInQuery(url)
    ? 'The URL contains a Slipstream key. Send it as "Authorization: Bearer <key>", and replace the key, because ' +
      'URLs are logged.'
    : undefined;
