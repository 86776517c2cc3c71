/** Returns a copy of the beginning of a text. A slice would keep the whole text in memory. */
export const shortCopy = (text: string, maxChars: number): string => Buffer.from(text.slice(0, maxChars)).toString();
