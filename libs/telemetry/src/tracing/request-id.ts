import { randomUUID } from 'node:crypto';

const ACCEPTED = /^[A-Za-z0-9._-]{1,64}$/;

/** The caller's `X-Request-Id` when it is safe to log and send on (1 to 64 letters, digits, `.`, `_`, `-`), else a new one. */
export const requestIdFrom = (incoming: string | undefined): string =>
  incoming !== undefined && ACCEPTED.test(incoming) ? incoming : randomUUID();
