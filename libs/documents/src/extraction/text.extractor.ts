import type { PagesRead } from './block.js';
import { decodedLines } from './decoded-lines.js';
import type { Extractor } from './extractor.js';
import type { PartBuilder } from './part-builder.js';
import { partsFrom } from './parts-from.js';

/** Paragraphs of a plain text: runs of lines between empty ones. */
export const extractText: Extractor = (job) =>
  partsFrom(job, (builder) => paragraphsOf(decodedLines(job.source, job.limits.maxChars), builder));

/** Paragraphs and headings of Markdown; its marks stay, for they are readable text. */
export const extractMarkdown: Extractor = (job) =>
  partsFrom(job, (builder) => paragraphsOf(decodedLines(job.source, job.limits.maxChars), builder, { headingOf }));

const HEADING = /^ {0,3}#{1,6}[ \t]+(\S.*)$/;
const FENCE = /^ {0,3}(?:```|~~~)/;
/** A log has no empty lines. */
const MAX_PARAGRAPH_LINES = 200;

/** The text of a heading line of Markdown; undefined for others. */
export const headingOf = (line: string): string | undefined => HEADING.exec(line)?.[1]?.replace(/[ \t]#+[ \t]*$/, '');

/**
 * Adds paragraphs, and headings, to the builder.
 * @param options `headingOf`: the text of a line that is a heading. Default: none is. `page`: of all the lines
 */
export async function* paragraphsOf(
  text: AsyncIterable<string> | Iterable<string>,
  builder: PartBuilder,
  options: { headingOf?: (line: string) => string | undefined; page?: number } = {},
): AsyncGenerator<PagesRead | undefined, void, void> {
  const place = options.page === undefined ? {} : { page: options.page };
  let lines: string[] = [];
  let isInFence = false;
  const endParagraph = (): void => {
    builder.add({ type: 'text', text: lines.join('\n'), ...place });
    lines = [];
  };
  for await (const line of text) {
    if (FENCE.test(line)) isInFence = !isInFence;
    const title = isInFence ? undefined : options.headingOf?.(line);
    if (title !== undefined || line.trim() === '' || lines.length >= MAX_PARAGRAPH_LINES) endParagraph();
    if (title !== undefined) builder.add({ type: 'heading', text: title, ...place });
    else if (line.trim() !== '') lines.push(line);
    yield undefined;
  }
  endParagraph();
}
