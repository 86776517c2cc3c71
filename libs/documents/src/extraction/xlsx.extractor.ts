import type { PagesRead } from './block.js';
import { ExtractionError } from './extraction.error.js';
import type { ExtractionJob, Extractor } from './extractor.js';
import type { PartBuilder } from './part-builder.js';
import { partsFrom } from './parts-from.js';
import { SheetRows } from './sheet-rows.js';
import { readAllXml, readXml } from './xml-events.js';
import { ZipArchive } from './zip-archive.js';

/** Rows of the sheets of a workbook, each sheet a page; formulas count by their stored results. */
export const extractXlsx: Extractor = (job) => partsFrom(job, (builder) => sheets(job, builder));

async function* sheets(job: ExtractionJob, builder: PartBuilder): AsyncGenerator<PagesRead | undefined, void, void> {
  const archive = await ZipArchive.open(job);
  const files = archive.names(/^xl\/worksheets\/sheet\d+\.xml$/);
  if (files.length === 0) throw new ExtractionError('document_damaged', 'The workbook has no sheets.');
  const strings = await sharedStrings(archive, job.limits.maxChars);
  const names = await sheetNames(archive);
  for (const [index, file] of files.entries()) {
    const page = index + 1;
    let header: string | undefined;
    const rows = new SheetRows(strings, (text) => {
      if (header === undefined && names[index]) builder.add({ type: 'heading', text: names[index], page });
      builder.add({ type: 'row', text, page, ...(header !== undefined && { header }) });
      header ??= text;
    });
    yield* readXml(archive.text(file), rows);
    yield { pagesDone: page, pagesTotal: files.length };
  }
}

/** Texts that cells name by number; pronunciations beside them are left out. */
async function sharedStrings(archive: ZipArchive, maxChars: number): Promise<string[]> {
  const strings: string[] = [];
  let text = '';
  let isText = false;
  let isPhonetic = false;
  let chars = 0;
  await readAllXml(archive.text('xl/sharedStrings.xml'), {
    open(name) {
      if (name === 'si') text = '';
      if (name === 'rPh') isPhonetic = true;
      if (name === 't') isText = !isPhonetic;
    },
    text(piece) {
      if (!isText) return;
      text += piece;
      if ((chars += piece.length) > maxChars) throw new ExtractionError('document_too_complex');
    },
    close(name) {
      if (name === 't') isText = false;
      if (name === 'rPh') isPhonetic = false;
      if (name === 'si') strings.push(text);
    },
  });
  return strings;
}

async function sheetNames(archive: ZipArchive): Promise<string[]> {
  const names: string[] = [];
  await readAllXml(archive.text('xl/workbook.xml'), {
    open: (name, attributes) => void (name === 'sheet' && names.push(attributes.name ?? '')),
  });
  return names;
}
