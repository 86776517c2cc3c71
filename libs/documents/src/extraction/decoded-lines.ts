import { ExtractionError } from './extraction.error.js';
import type { FileSource } from './file-source.js';
import { encodingOf } from './text-decoding.js';

/** A longer line is handed on in pieces. */
const MAX_LINE_CHARS = 64 * 1024;

/** Lines of a text in any encoding, without their ends. */
export async function* decodedLines(source: FileSource, maxChars: number): AsyncGenerator<string, void, void> {
  const decoder = new TextDecoder(encodingOf(source.head(64 * 1024)));
  let rest = '';
  let chars = 0;
  for await (const chunk of source.chunks()) {
    const text = decoder.decode(chunk, { stream: true });
    chars += text.length;
    if (chars > maxChars) throw new ExtractionError('document_too_complex');
    const lines = (rest + text).split(/\r\n|\n|\r(?!$)/);
    rest = lines.pop() ?? '';
    yield* lines;
    if (rest.length > MAX_LINE_CHARS) {
      yield rest;
      rest = '';
    }
  }
  rest += decoder.decode();
  if (rest !== '') yield rest.replace(/\r$/, '');
}
