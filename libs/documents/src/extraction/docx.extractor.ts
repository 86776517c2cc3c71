import type { PagesRead } from './block.js';
import type { ExtractionJob, Extractor } from './extractor.js';
import { OfficeBlocks, type OfficeElements } from './office-blocks.js';
import type { PartBuilder } from './part-builder.js';
import { partsFrom } from './parts-from.js';
import { readAllXml, readXml } from './xml-events.js';
import { ZipArchive } from './zip-archive.js';

/** Main text, then foot- and endnotes. */
const CONTENTS = ['word/document.xml', 'word/footnotes.xml', 'word/endnotes.xml'];
const HEADING_STYLE = /^(?:heading \d|title)$/i;

/** Paragraphs, headings and tables of a Word file. Macros and fields are not run. */
export const extractDocx: Extractor = (job) => partsFrom(job, (builder) => contents(job, builder));

async function* contents(job: ExtractionJob, builder: PartBuilder): AsyncGenerator<PagesRead | undefined, void, void> {
  const archive = await ZipArchive.open(job);
  const elements = elementsWith(await headingStyles(archive));
  for (const name of CONTENTS)
    yield* readXml(archive.text(name), new OfficeBlocks(elements, (block) => builder.add(block)));
}

/** Ids of the styles of headings: a Word of another language has other ids, and the same names. */
async function headingStyles(archive: ZipArchive): Promise<ReadonlySet<string>> {
  const ids = new Set<string>();
  let style = '';
  await readAllXml(archive.text('word/styles.xml'), {
    open(name, attributes) {
      if (name === 'w:style') style = attributes['w:styleId'] ?? '';
      if (name === 'w:name' && HEADING_STYLE.test(attributes['w:val'] ?? '')) ids.add(style);
    },
  });
  return ids;
}

const elementsWith = (styles: ReadonlySet<string>): OfficeElements => ({
  paragraph: ['w:p'],
  text: ['w:t'],
  row: 'w:tr',
  cell: 'w:tc',
  table: 'w:tbl',
  space: { 'w:tab': '\t', 'w:br': '\n', 'w:cr': '\n', 'w:noBreakHyphen': '-' },
  leftOut: ['mc:Fallback', 'w:del'],
  isHeading: (name, attributes) => name === 'w:pStyle' && styles.has(attributes['w:val'] ?? ''),
});
