import { fieldValue, type RawHeaders } from '@slipstream/http';

/** Whether the answer promises never to change (RFC 8246). */
export const isImmutable = (headers: RawHeaders): boolean =>
  /\bimmutable\b/i.test(fieldValue(headers, 'cache-control') ?? '');
