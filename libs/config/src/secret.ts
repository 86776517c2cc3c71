import type { z } from 'zod';

/**
 * Marks a setting whose value is or contains a secret, such as a URL with a password. The mark adds the setting
 * `<name>File`, the variable `<VARIABLE>_FILE`, and `writeOnly` in the JSON schema.
 */
export const secret = <T extends z.ZodType>(schema: T): T => schema.meta({ writeOnly: true });
