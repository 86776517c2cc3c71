import { z } from 'zod';

/** Name of a secret in logs. */
export const secretId = z.string().regex(/^[A-Za-z0-9._-]{1,64}$/, 'must be 1 to 64 letters, digits, ., - or _');

/** Hash of a secret. */
export const secretHash = z
  .string()
  .regex(/^sha256:[0-9a-f]{64}$/, 'must be sha256: and 64 hex digits, as npm run key prints it');
