/** Lines of a page as paragraphs: a word that was divided at the end of a line is one again, an empty line stays. */
export function joinedLines(text: string): string {
  return text
    .replace(/\r\n?/g, '\n')
    .replaceAll('\0', '')
    .replaceAll('\u0002', '-') // PDFium's mark of a hyphen at the end of a line
    .replaceAll('\uFFFE', '')
    .replace(/(\p{Ll})[-\u00AD]\n(?=\p{Ll})/gu, '$1')
    .replace(/[^\S\n]+/g, ' ')
    .replace(/ ?\n ?/g, '\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim();
}
