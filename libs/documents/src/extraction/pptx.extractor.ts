import type { PagesRead } from './block.js';
import { ExtractionError } from './extraction.error.js';
import type { ExtractionJob, Extractor } from './extractor.js';
import { OfficeBlocks, type OfficeElements } from './office-blocks.js';
import type { PartBuilder } from './part-builder.js';
import { partsFrom } from './parts-from.js';
import { readAllXml } from './xml-events.js';
import { ZipArchive } from './zip-archive.js';

const TITLES = new Set(['title', 'ctrTitle']);

const ELEMENTS: OfficeElements = {
  paragraph: ['a:p'],
  text: ['a:t'],
  row: 'a:tr',
  cell: 'a:tc',
  table: 'a:tbl',
  space: { 'a:br': '\n' },
  leftOut: ['mc:Fallback'],
  isHeading: () => false,
};

/** Text of the slides of a presentation, each a page. */
export const extractPptx: Extractor = (job) => partsFrom(job, (builder) => slides(job, builder));

async function* slides(job: ExtractionJob, builder: PartBuilder): AsyncGenerator<PagesRead | undefined, void, void> {
  const archive = await ZipArchive.open(job);
  const names = archive.names(/^ppt\/slides\/slide\d+\.xml$/);
  if (names.length === 0) throw new ExtractionError('document_damaged', 'The presentation has no slides.');
  for (const [index, name] of names.entries()) {
    await readAllXml(archive.text(name), slideBlocks(builder, index + 1));
    yield { pagesDone: index + 1, pagesTotal: names.length };
  }
}

/** The paragraphs of a title are headings: the placeholder is named before its text. */
function slideBlocks(builder: PartBuilder, page: number): OfficeBlocks {
  let isTitle = false;
  const elements: OfficeElements = {
    ...ELEMENTS,
    isHeading(name, attributes) {
      if (name === 'p:sp') isTitle = false;
      if (name === 'p:ph' && TITLES.has(attributes.type ?? '')) isTitle = true;
      return isTitle && name === 'a:p';
    },
  };
  return new OfficeBlocks(elements, (block) => builder.add(block), page);
}
