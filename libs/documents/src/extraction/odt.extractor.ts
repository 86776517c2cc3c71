import type { Extractor } from './extractor.js';
import { OfficeBlocks, type OfficeElements } from './office-blocks.js';
import { partsFrom } from './parts-from.js';
import { readXml } from './xml-events.js';
import { ZipArchive } from './zip-archive.js';

const ELEMENTS: OfficeElements = {
  paragraph: ['text:p', 'text:h'],
  row: 'table:table-row',
  cell: 'table:table-cell',
  table: 'table:table',
  space: { 'text:s': ' ', 'text:tab': '\t', 'text:line-break': '\n' },
  leftOut: ['office:annotation', 'text:tracked-changes', 'office:scripts', 'office:automatic-styles'],
  isHeading: (name) => name === 'text:h',
};

/** Paragraphs, headings and tables of an OpenDocument text. */
export const extractOdt: Extractor = (job) =>
  partsFrom(job, async function* (builder) {
    const archive = await ZipArchive.open(job);
    yield* readXml(archive.text('content.xml'), new OfficeBlocks(ELEMENTS, (block) => builder.add(block)));
  });
