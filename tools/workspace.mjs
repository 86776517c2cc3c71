import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The checkout that these tools belong to. */
export const ROOT = fileURLToPath(new URL('..', import.meta.url)).replace(/\/$/, '');

/** Everything that running and testing leave behind; it can be deleted when neither is going on. */
export const STATE_DIR = join(ROOT, '.slipstream');

/** Downloads, kept between runs and shared by them. */
export const CACHE_DIR = join(STATE_DIR, 'downloads');

/** Says a line of progress to a person. @param {string} line */
export function say(line) {
  console.log(`» ${line}`);
}
