/** An encoded word has at most 75 characters (RFC 2047 section 2): 45 bytes are 60 in Base64, plus 12 around them. */
const MAX_WORD_BYTES = 45;

/**
 * Returns a title as the mail's Subject. The mail library leaves ASCII as it is, so a title that contains an encoded
 * word (`=?utf-8?B?…?=`) would be displayed as another text; such a title is encoded completely.
 */
export const subjectOf = (title: string): string => (title.includes('=?') ? encodedWords(title) : title);

/**
 * No character is split between two words (RFC 2047 section 5); the space between two words is not part of the text.
 */
function encodedWords(text: string): string {
  const words: string[] = [''];
  for (const character of text) {
    const longer = (words.at(-1) as string) + character;
    if (Buffer.byteLength(longer) > MAX_WORD_BYTES) words.push(character);
    else words[words.length - 1] = longer;
  }
  return words.map((word) => `=?UTF-8?B?${Buffer.from(word).toString('base64')}?=`).join(' ');
}
