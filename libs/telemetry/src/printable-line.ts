/** Control characters above ASCII, line separators, and marks that reorder text: JSON.stringify leaves them. */
const UNPRINTABLE = /[\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]/;
const EACH = /[\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/**
 * Escapes what could control the terminal that shows a JSON line, such as U+009B, which begins a control sequence. A
 * client can send it in a path or in a field.
 */
export const printableLine = (line: string): string =>
  UNPRINTABLE.test(line)
    ? line.replace(EACH, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)
    : line;
