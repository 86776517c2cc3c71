const PIECE = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]|\p{L}+|\p{N}+|[^\s\p{L}\p{N}]/gu;
/** Letters that one token of a word holds on average, in the vocabularies of common models. */
const LETTERS_PER_TOKEN = 5;
const DIGITS_PER_TOKEN = 3;

/**
 * Expected number of tokens of the text. An estimate on the high side for English: each model has a
 * vocabulary of its own, and a chunk must fit them all.
 */
export function countTokens(text: string): number {
  let tokens = 0;
  for (const [piece] of text.matchAll(PIECE)) {
    const isNumber = piece >= '0' && piece <= '9~';
    tokens += Math.ceil(piece.length / (isNumber ? DIGITS_PER_TOKEN : LETTERS_PER_TOKEN));
  }
  return tokens;
}
