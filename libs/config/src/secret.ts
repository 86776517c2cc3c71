import type { z } from 'zod';

/**
 * Marks a setting whose value is a secret, or holds one, such as a URL with a password. From the mark follow
 * `<name>File` beside it, `<VARIABLE>_FILE` beside its variable, and `writeOnly` in the JSON schema.
 */
export const secret = <T extends z.ZodType>(schema: T): T => schema.meta({ writeOnly: true });
