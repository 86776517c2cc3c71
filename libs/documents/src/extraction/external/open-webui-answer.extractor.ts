import type { Extractor } from '../extractor.js';
import { partsFrom } from '../parts-from.js';
import { fieldsOf, invalidAnswer, jsonOf } from './answer.js';
import { markdownPages, pageOf, type MarkdownPage } from './markdown-pages.js';

const EXPECTED = '{page_content, metadata} or a list of these';

/** Text of `{page_content, metadata: {page?}}`, or a list of these. External extractors write Markdown. */
export const extractOpenWebuiAnswer: Extractor = (job) =>
  partsFrom(job, (builder) => markdownPages(pagesOf(jsonOf(job.source, EXPECTED)), job.limits, builder));

function pagesOf(answer: unknown): MarkdownPage[] {
  return [answer].flat().map((each: unknown) => {
    const { page_content: text, metadata } = fieldsOf(each);
    if (typeof text !== 'string') throw invalidAnswer(EXPECTED);
    const { page } = fieldsOf(metadata);
    // LangChain, from which the protocol comes, counts pages from 0.
    return { text, ...(typeof page === 'number' && pageOf(page + 1)) };
  });
}
