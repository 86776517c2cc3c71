import { SlipstreamError } from '@slipstream/contracts';
import { ExtractionError } from '../extraction.error.js';
import type { Extractor } from '../extractor.js';
import { partsFrom } from '../parts-from.js';
import { fieldsOf, invalidAnswer, jsonOf } from './answer.js';
import { markdownPages, pageOf, type MarkdownPage } from './markdown-pages.js';

const EXPECTED = "docling-serve's {document: {md_content, json_content}, status}";
const ITEMS = ['texts', 'tables', 'pictures', 'key_value_items', 'form_items'];

/** Text of docling-serve's answer. A file that it can't convert is answered with 200, too. */
export const extractDoclingAnswer: Extractor = (job) =>
  partsFrom(job, (builder) => markdownPages(pagesOf(jsonOf(job.source, EXPECTED)), job.limits, builder));

function pagesOf(answer: unknown): MarkdownPage[] {
  const { status, document } = fieldsOf(answer);
  if (status === 'skipped') throw new ExtractionError('document_unsupported', 'Docling does not convert this file.');
  if (status === 'failure') throw failed();
  const { md_content: text, json_content: content } = fieldsOf(document);
  if (typeof text !== 'string') throw invalidAnswer(EXPECTED);
  const pages = text.split('\f');
  const numbers = pageNumbersOf(content);
  // Docling marks only changes of the page: a blank page leaves no mark of its own.
  const isNumbered = numbers.length === pages.length;
  if (pages.length === 1 && !isNumbered) return [{ text }];
  return pages.map((page, index) => ({ text: page, ...pageOf(isNumbered ? numbers[index] : index + 1) }));
}

/** Numbers of the pages with text, in order. */
function pageNumbersOf(content: unknown): number[] {
  const fields = fieldsOf(content);
  const numbers = ITEMS.flatMap((name) => [fields[name] ?? []].flat()).flatMap((item) => {
    const { content_layer: layer, prov } = fieldsOf(item);
    const number = layer === 'body' && Array.isArray(prov) ? fieldsOf(prov[0])['page_no'] : undefined;
    return typeof number === 'number' ? [number] : [];
  });
  return [...new Set(numbers)].sort((one, other) => one - other);
}

const failed = (): SlipstreamError =>
  new SlipstreamError('document_extractor_failed', 'Docling could not convert the file; its log has the reason.', {
    isRetryable: true,
  });
