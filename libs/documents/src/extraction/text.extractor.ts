import type { PagesRead } from './block.js';
import { decodedLines } from './decoded-lines.js';
import type { ExtractionJob, Extractor } from './extractor.js';
import type { PartBuilder } from './part-builder.js';
import { partsFrom } from './parts-from.js';

/** Paragraphs of a plain text: runs of lines between empty ones. */
export const extractText: Extractor = (job) => partsFrom(job, (builder) => paragraphs(job, builder, () => undefined));

/** Paragraphs and headings of Markdown; its marks stay, for they are readable text. */
export const extractMarkdown: Extractor = (job) => partsFrom(job, (builder) => paragraphs(job, builder, headingOf));

const HEADING = /^ {0,3}#{1,6}[ \t]+(\S.*)$/;
const FENCE = /^ {0,3}(?:```|~~~)/;
/** A log has no empty lines. */
const MAX_PARAGRAPH_LINES = 200;

/** The text of a heading line; undefined for others. */
const headingOf = (line: string): string | undefined => HEADING.exec(line)?.[1]?.replace(/[ \t]#+[ \t]*$/, '');

async function* paragraphs(
  { source, limits }: ExtractionJob,
  builder: PartBuilder,
  heading: (line: string) => string | undefined,
): AsyncGenerator<PagesRead | undefined, void, void> {
  let lines: string[] = [];
  let isInFence = false;
  const endParagraph = (): void => {
    builder.add({ type: 'text', text: lines.join('\n') });
    lines = [];
  };
  for await (const line of decodedLines(source, limits.maxChars)) {
    if (FENCE.test(line)) isInFence = !isInFence;
    const title = isInFence ? undefined : heading(line);
    if (title !== undefined || line.trim() === '' || lines.length >= MAX_PARAGRAPH_LINES) endParagraph();
    if (title !== undefined) builder.add({ type: 'heading', text: title });
    else if (line.trim() !== '') lines.push(line);
    yield undefined;
  }
  endParagraph();
}
