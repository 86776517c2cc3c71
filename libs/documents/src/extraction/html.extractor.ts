import { Parser } from 'htmlparser2';
import type { PagesRead } from './block.js';
import { ExtractionError } from './extraction.error.js';
import type { ExtractionJob, Extractor } from './extractor.js';
import { HtmlBlocks } from './html-blocks.js';
import type { PartBuilder } from './part-builder.js';
import { partsFrom } from './parts-from.js';
import { encodingOf } from './text-decoding.js';

const HEAD_BYTES = 64 * 1024;
const CHARSET = /<meta[^>]{0,200}charset\s{0,9}=\s{0,9}["']?\s{0,9}([\w-]{1,40})/i;

/** Headings, paragraphs and table rows of a page; scripts, styles and navigation are left out. */
export const extractHtml: Extractor = (job) => partsFrom(job, (builder) => page(job, builder));

async function* page(
  { source, limits }: ExtractionJob,
  builder: PartBuilder,
): AsyncGenerator<PagesRead | undefined, void, void> {
  const parser = new Parser(new HtmlBlocks((block) => builder.add(block)), { decodeEntities: true });
  const decoder = new TextDecoder(declaredEncoding(source.head(HEAD_BYTES)));
  let chars = 0;
  for await (const chunk of source.chunks()) {
    const text = decoder.decode(chunk, { stream: true });
    if ((chars += text.length) > limits.maxChars) throw new ExtractionError('document_too_complex');
    parser.write(text);
    yield undefined;
  }
  parser.end(decoder.decode());
}

/** The declared encoding has precedence over the detected one, except for a BOM and UTF-8. */
function declaredEncoding(head: Buffer): string {
  const found = encodingOf(head);
  if (found.startsWith('utf-')) return found;
  const declared = CHARSET.exec(head.toString('latin1'))?.[1];
  try {
    return new TextDecoder(declared).encoding;
  } catch {
    return found;
  }
}
