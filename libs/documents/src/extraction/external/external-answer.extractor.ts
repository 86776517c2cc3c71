import type { PagesRead } from '../block.js';
import { ExtractionError } from '../extraction.error.js';
import type { ExtractionJob, Extractor } from '../extractor.js';
import type { PartBuilder } from '../part-builder.js';
import { partsFrom } from '../parts-from.js';
import { headingOf, paragraphsOf } from '../text.extractor.js';

/** A page of an answer. `page` counts from 1. */
interface AnsweredPage {
  text: string;
  page?: number;
}

/** Page numbers are stored as 32-bit integers. */
const MAX_PAGE = 1_000_000;

/**
 * Text of an external extractor's answer: `{page_content, metadata: {page?}}`, or a list of these. External extractors
 * write Markdown, so lines that begin with `#` are headings.
 */
export const extractExternalAnswer: Extractor = (job) => partsFrom(job, (builder) => pages(job, builder));

async function* pages(
  { source, limits }: ExtractionJob,
  builder: PartBuilder,
): AsyncGenerator<PagesRead | undefined, void, void> {
  const answered = pagesOf(JSON.parse(source.whole().toString('utf8')));
  const chars = answered.reduce((sum, { text }) => sum + text.length, 0);
  if (chars > limits.maxChars) throw new ExtractionError('document_too_complex');
  const hasPages = answered.some(({ page }) => page !== undefined);
  for (const [index, { text, page }] of answered.entries()) {
    yield* paragraphsOf(text.split(/\r\n|\n|\r/), builder, { headingOf, page });
    if (hasPages) yield { pagesDone: index + 1, pagesTotal: answered.length };
  }
}

/** @throws ExtractionError `document_damaged` for any other shape */
function pagesOf(answer: unknown): AnsweredPage[] {
  return (Array.isArray(answer) ? answer : [answer]).map((each: unknown) => {
    const { page_content: text, metadata } = (each ?? {}) as { page_content?: unknown; metadata?: { page?: unknown } };
    if (typeof text !== 'string') throw new ExtractionError('document_damaged', 'An answer has no page_content.');
    return { text, ...pageOf(metadata?.page) };
  });
}

/** LangChain, from which the protocol comes, counts pages from 0. */
const pageOf = (page: unknown): { page?: number } =>
  Number.isSafeInteger(page) && (page as number) >= 0 && (page as number) < MAX_PAGE
    ? { page: (page as number) + 1 }
    : {};
