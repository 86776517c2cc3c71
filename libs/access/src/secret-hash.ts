import { createHash } from 'node:crypto';

/**
 * A secret as the configuration holds it: `sha256:` and its hash in hex. Secrets are looked up by it, so the time that
 * this takes tells nothing of one that is nearly right.
 */
export const secretHash = (secret: string): string => `sha256:${createHash('sha256').update(secret).digest('hex')}`;
