import { randomHex } from './random-hex.js';

const ACCEPTABLE = /^[A-Za-z0-9._-]{1,64}$/;

/** Returns the caller's `X-Request-Id` if it is safe in a log line, else a new one. */
export const requestIdFrom = (header: string | string[] | undefined): string =>
  typeof header === 'string' && ACCEPTABLE.test(header) ? header : randomHex(16);
