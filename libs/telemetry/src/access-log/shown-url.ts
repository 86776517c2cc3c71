import { maskText } from '../redaction.js';

/** A line stays below the 4096 bytes that a pipe takes in one piece. */
const MAX_CHARS = 1024;

/** The rest of this path is a secret. */
const HOOK_PATH = /(\/slipstream\/v1\/hooks\/)[^?]*/i;
const OWN_KEY = /slip_[\w-]{16,}/g;

/** Shortens a text of a request to the room in a line. */
export const cut = (text: string, maxChars = MAX_CHARS): string =>
  text.length <= maxChars ? text : `${text.slice(0, maxChars)}…`;

/** Returns the URL without secrets, and without its query unless `showsQuery`. */
export function shownUrl(url: string, showsQuery: boolean): string {
  const shown = cut(showsQuery ? url : url.split(/[?#]/, 1)[0]!);
  const masked = maskText(shown).replace(HOOK_PATH, '$1[redacted]');
  return masked.includes('slip_') ? masked.replace(OWN_KEY, '[redacted]') : masked;
}
