import { PDFiumLibrary, type PDFiumDocument, type PDFiumPage } from '@hyzyla/pdfium';
import { messageOf } from '@slipstream/contracts';
import type { Block, ExtractedPart } from './block.js';
import { ExtractionError } from './extraction.error.js';
import type { ExtractionJob } from './extractor.js';
import { joinedLines } from './joined-lines.js';

/** Pages in one part. */
const PART_PAGES = 16;

/** Text of a PDF, page by page. */
export async function* extractPdf({ source, skipParts }: ExtractionJob): AsyncGenerator<ExtractedPart, void, void> {
  const library = await PDFiumLibrary.init();
  const document = await open(library, source.whole());
  const pagesTotal = document.getPageCount();
  if (pagesTotal === 0) throw new ExtractionError('document_damaged', 'The PDF has no pages that can be read.');
  for (let from = skipParts * PART_PAGES; from < pagesTotal; from += PART_PAGES) {
    const pagesDone = Math.min(from + PART_PAGES, pagesTotal);
    const blocks: Block[] = [];
    for (let index = from; index < pagesDone; index += 1) blocks.push(...blocksOf(document.getPage(index), index + 1));
    yield { blocks, pagesDone, pagesTotal };
  }
}

async function open(library: PDFiumLibrary, content: Buffer): Promise<PDFiumDocument> {
  try {
    return await library.loadDocument(content);
  } catch (error) {
    if (/password|security/i.test(messageOf(error))) throw new ExtractionError('document_encrypted', undefined, error);
    throw new ExtractionError('document_damaged', undefined, error);
  }
}

function blocksOf(page: PDFiumPage, number: number): Block[] {
  try {
    const text = joinedLines(page.getText());
    return text === '' ? [] : [{ type: 'text', text, page: number }];
  } finally {
    close(page);
  }
}

/** The library keeps every page that was read until the whole document is closed; PDFium itself can do better. */
function close(page: PDFiumPage): void {
  const { module, pageIdx } = page as unknown as {
    module: { _FPDF_ClosePage(page: number): void };
    pageIdx: number;
  };
  if (pageIdx) module._FPDF_ClosePage(pageIdx);
}
