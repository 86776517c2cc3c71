import type { PagesRead } from '../block.js';
import { ExtractionError } from '../extraction.error.js';
import type { ExtractionLimits } from '../extractor.js';
import type { PartBuilder } from '../part-builder.js';
import { headingOf, paragraphsOf } from '../text.extractor.js';

/** A page of an answer, in Markdown. `page` counts from 1. */
export interface MarkdownPage {
  text: string;
  page?: number;
}

/** Page numbers are stored as 32-bit integers. */
const MAX_PAGE = 1_000_000;

/** The number of a page that is counted from 1; nothing for values that are no page. */
export const pageOf = (page: unknown): { page?: number } =>
  Number.isSafeInteger(page) && (page as number) >= 1 && (page as number) <= MAX_PAGE ? { page: page as number } : {};

/** Adds the paragraphs of the pages to the builder; lines that begin with `#` are headings. */
export async function* markdownPages(
  pages: readonly MarkdownPage[],
  { maxChars }: ExtractionLimits,
  builder: PartBuilder,
): AsyncGenerator<PagesRead | undefined, void, void> {
  const chars = pages.reduce((sum, { text }) => sum + text.length, 0);
  if (chars > maxChars) throw new ExtractionError('document_too_complex');
  const hasPages = pages.some(({ page }) => page !== undefined);
  for (const [index, { text, page }] of pages.entries()) {
    yield* paragraphsOf(text.split(/\r\n|\n|\r/), builder, { headingOf, page });
    if (hasPages) yield { pagesDone: index + 1, pagesTotal: pages.length };
  }
}
