import type { IncomingMessage } from 'node:http';
import { hasKeyInQuery } from './own-keys.js';

/**
 * A key of this house in the query of a request, which must then be answered with 400: it would travel upstream, and
 * the URL is in logs and histories already.
 * @returns undefined when there is none
 */
export const keyViolation = ({ url = '' }: IncomingMessage): string | undefined =>
  hasKeyInQuery(url)
    ? 'The URL contains a Slipstream key. Send it as "Authorization: Bearer <key>", and replace the key, because ' +
      'URLs are logged.'
    : undefined;
