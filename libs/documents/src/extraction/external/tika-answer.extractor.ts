import { Parser } from 'htmlparser2';
import type { Block, PagesRead } from '../block.js';
import { ExtractionError } from '../extraction.error.js';
import type { ExtractionLimits, Extractor } from '../extractor.js';
import { HtmlBlocks } from '../html-blocks.js';
import type { PartBuilder } from '../part-builder.js';
import { partsFrom } from '../parts-from.js';
import { fieldsOf, invalidAnswer, jsonOf } from './answer.js';

const EXPECTED = "Tika's list of {X-TIKA:content} or {tk:content}";
/** Names of Tika 3 and of Tika 4. */
const CONTENT = ['X-TIKA:content', 'tk:content'];
const EXCEPTION = ['X-TIKA:EXCEPTION:container_exception', 'tk:exception:container-exception'];
/** The elements that begin a page of a PDF, and a slide. */
const PAGE_CLASSES = new Set(['page', 'slide-content']);
const SLICE_CHARS = 64 * 1024;

/** Text of Tika's recursive metadata: XHTML of the file first, then of the files in it, such as attachments. */
export const extractTikaAnswer: Extractor = (job) =>
  partsFrom(job, (builder) => contents(contentsOf(jsonOf(job.source, EXPECTED)), job.limits, builder));

function contentsOf(answer: unknown): string[] {
  if (!Array.isArray(answer) || answer.length === 0) throw invalidAnswer(EXPECTED);
  const [file, ...inner] = answer.map(fieldsOf);
  const exception = valueOf(file!, EXCEPTION);
  if (exception !== undefined) throw unreadable(exception);
  return [file!, ...inner].map((item) => valueOf(item, CONTENT) ?? '');
}

const valueOf = (item: Readonly<Record<string, unknown>>, names: readonly string[]): string | undefined =>
  names.map((name) => item[name]).find((value) => typeof value === 'string');

const unreadable = (exception: string): ExtractionError =>
  /\bEncryptedDocumentException\b/.test(exception)
    ? new ExtractionError('document_encrypted', 'External extractor: document_encrypted')
    : new ExtractionError('document_damaged', 'Tika could not read the file; its log has the reason.');

async function* contents(
  texts: readonly string[],
  { maxChars }: ExtractionLimits,
  builder: PartBuilder,
): AsyncGenerator<PagesRead | undefined, void, void> {
  let chars = 0;
  const add = (block: Block): void => {
    if ((chars += block.text.length) > maxChars) throw new ExtractionError('document_too_complex');
    builder.add(block);
  };
  for (const [index, text] of texts.entries()) {
    const blocks = new TikaBlocks(add, index === 0);
    const parser = new Parser(blocks, { xmlMode: true });
    for (let at = 0; at < text.length; at += SLICE_CHARS) {
      parser.write(text.slice(at, at + SLICE_CHARS));
      yield blocks.page > 0 ? { pagesDone: blocks.page } : undefined;
    }
    parser.end();
  }
}

/**
 * Blocks of XHTML, with the page that Tika names by the class of an element. Files inside the file have no pages. A
 * title counts only with text under it: Tika gives one to pictures, too.
 */
class TikaBlocks extends HtmlBlocks {
  page = 0;
  private isInBody = false;
  private title: Block[] = [];

  constructor(add: (block: Block) => void, hasPages: boolean) {
    super((block) => {
      if (!this.isInBody) return void this.title.push(block);
      this.title.splice(0).forEach(add);
      add(hasPages && this.page > 0 ? { ...block, page: this.page } : block);
    });
  }

  onopentag = (name: string, attributes: Readonly<Record<string, string>>): void => {
    if (name === 'body') this.isInBody = true;
    if (PAGE_CLASSES.has(attributes['class'] ?? '')) this.page += 1;
  };
}
