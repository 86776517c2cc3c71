import { createHash } from 'node:crypto';

/**
 * The configured form of a secret: `sha256:` and its hash in hex. Secrets are looked up by this hash, so the duration
 * of a look-up reveals nothing about similar secrets.
 */
export const secretHash = (secret: string): string => `sha256:${createHash('sha256').update(secret).digest('hex')}`;
