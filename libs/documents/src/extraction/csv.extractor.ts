import type { PagesRead } from './block.js';
import { decodedLines } from './decoded-lines.js';
import type { ExtractionJob, Extractor } from './extractor.js';
import type { PartBuilder } from './part-builder.js';
import { partsFrom } from './parts-from.js';

const DELIMITERS = [',', ';', '\t', '|'];
/** A quote that is never closed must not swallow the file. */
const MAX_RECORD_LINES = 1_000;

/** Rows of a table in text; the first one names the columns. */
export const extractCsv: Extractor = (job) => partsFrom(job, (builder) => rows(job, builder));

async function* rows(
  { source, limits }: ExtractionJob,
  builder: PartBuilder,
): AsyncGenerator<PagesRead | undefined, void, void> {
  let delimiter: string | undefined;
  let header: string | undefined;
  let pending: string[] = [];
  const endRecord = (): void => {
    delimiter ??= delimiterOf(pending[0] ?? '');
    const text = cellsOf(pending.join('\n'), delimiter).join(' | ');
    pending = [];
    if (text === '') return;
    builder.add({ type: 'row', text, ...(header !== undefined && { header }) });
    header ??= text;
  };
  let quotes = 0;
  for await (const line of decodedLines(source, limits.maxChars)) {
    pending.push(line);
    quotes += line.split('"').length - 1;
    if (quotes % 2 === 1 && pending.length < MAX_RECORD_LINES) continue;
    quotes = 0;
    endRecord();
    yield undefined;
  }
  endRecord();
}

/** The most frequent delimiter of the first line. */
const delimiterOf = (line: string): string =>
  DELIMITERS.toSorted((a, b) => line.split(b).length - line.split(a).length)[0]!;

/** Cells with text of one record (RFC 4180). */
function cellsOf(record: string, delimiter: string): string[] {
  const cells: string[] = [];
  let cell = '';
  let isQuoted = false;
  for (let at = 0; at < record.length; at += 1) {
    const character = record[at]!;
    if (character === '"' && isQuoted && record[at + 1] === '"') cell += record[++at];
    else if (character === '"') isQuoted = !isQuoted;
    else if (character === delimiter && !isQuoted) {
      cells.push(cell);
      cell = '';
    } else cell += character;
  }
  return [...cells, cell].map((text) => text.trim()).filter((text) => text !== '');
}
