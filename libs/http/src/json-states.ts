/** Between two bytes of a text. */
export type State =
  | 'value'
  | 'value-or-end'
  | 'name'
  | 'name-or-end'
  | 'colon'
  | 'after' // between tokens
  | 'string'
  | 'escape'
  | 'hex'
  | 'word'
  | 'minus'
  | 'zero'
  | 'digits'
  | 'point'
  | 'fraction'
  | 'exponent'
  | 'exponent-sign'
  | 'exponent-digits'
  | 'invalid'
  | 'too-deep'
  | 'too-many-values';

/** States in which a number may end. */
export const WHOLE_NUMBER: ReadonlySet<State> = new Set<State>(['zero', 'digits', 'fraction', 'exponent-digits']);

/* Bytes of the grammar. */
export const [QUOTE, BACKSLASH, COMMA, COLON, MINUS, PLUS, POINT, ZERO, OPEN, CLOSE, OPEN_ARRAY, CLOSE_ARRAY] =
  Buffer.from('"\\,:-+.0{}[]') as unknown as number[];
export const ESCAPED: ReadonlySet<number> = new Set(Buffer.from('"\\/bfnrt'));
export const WORDS: ReadonlyMap<number, string> = new Map(
  ['true', 'false', 'null'].map((word) => [word.charCodeAt(0), word]),
);

export const isDigit = (byte: number): boolean => byte >= 0x30 && byte <= 0x39;
export const isHex = (byte: number): boolean => isDigit(byte) || ((byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x66);
export const isSpace = (byte: number): boolean => byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
const isExponent = (byte: number): boolean => (byte | 0x20) === 0x65;

/** Whether the state is outside of strings, words and numbers. */
export const isBetween = (state: State): boolean =>
  state === 'after' ||
  state === 'value' ||
  state === 'value-or-end' ||
  state === 'name' ||
  state === 'name-or-end' ||
  state === 'colon';

/** @returns the state in a number after its next byte; undefined if the byte is not part of the number */
export function numberAfter(state: State, byte: number): State | undefined {
  const more = isDigit(byte);
  if (state === 'minus') return byte === ZERO ? 'zero' : more ? 'digits' : undefined;
  if (state === 'point' || state === 'fraction')
    return more ? 'fraction' : state === 'fraction' && isExponent(byte) ? 'exponent' : undefined;
  if (state === 'exponent' && (byte === PLUS || byte === MINUS)) return 'exponent-sign';
  if (state === 'exponent' || state === 'exponent-sign' || state === 'exponent-digits')
    return more ? 'exponent-digits' : undefined;
  return byte === POINT ? 'point' : isExponent(byte) ? 'exponent' : more && state === 'digits' ? 'digits' : undefined;
}

/** @returns where the plain bytes of a string end: at a quote, a backslash or a control character */
export function plainEnd(bytes: Uint8Array, from: number): number {
  let at = from;
  for (
    let byte = bytes[at] as number;
    at < bytes.length && byte !== QUOTE && byte !== BACKSLASH && byte >= 0x20;
    byte = bytes[at] as number
  )
    at += 1;
  return at;
}
