import type { ExtractedPart, PagesRead } from './block.js';
import type { ExtractionJob } from './extractor.js';
import { PartBuilder } from './part-builder.js';

/**
 * Parts of what `feed` adds to a builder. Parts that are stored already are read over.
 * @param feed yields after each piece of the file; a part may end there
 */
export async function* partsFrom(
  { skipParts }: Pick<ExtractionJob, 'skipParts'>,
  feed: (builder: PartBuilder) => AsyncIterable<PagesRead | undefined>,
): AsyncGenerator<ExtractedPart, void, void> {
  const builder = new PartBuilder();
  let pages: PagesRead = { pagesDone: 0 };
  let number = 0;
  for await (const read of feed(builder)) {
    pages = read ?? pages;
    if (!builder.isFull) continue;
    const part = builder.take(pages);
    if (number++ >= skipParts) yield part;
  }
  const pagesDone = Math.max(1, pages.pagesDone);
  const last = builder.take({ pagesDone, pagesTotal: pages.pagesTotal ?? pagesDone });
  if (number >= skipParts) yield last;
}
