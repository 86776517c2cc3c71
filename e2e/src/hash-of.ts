import { createHash } from 'node:crypto';

/** What a configuration holds of a secret. Not by Slipstream's own code: what it writes down must stay readable. */
export const hashOf = (secret: string): string => `sha256:${createHash('sha256').update(secret).digest('hex')}`;
