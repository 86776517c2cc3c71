import type { Block } from '../extraction/block.js';
import type { PartRecord } from '../store/part.schema.js';

/** Text of a page, slide or sheet; of the whole document, for formats without pages. */
export interface LoadedPage {
  text: string;
  page?: number;
}

/**
 * The stored text of a document, page by page. Headings are marked as in Markdown, and the header of a table stands
 * before its first row on each page.
 * @param parts in their order
 */
export async function* loadedPages(
  parts: AsyncIterable<Pick<PartRecord, 'blocks'>>,
): AsyncGenerator<LoadedPage, void, void> {
  let page: number | undefined;
  let header: string | undefined;
  let lines: string[] = [];
  for await (const { blocks } of parts) {
    for (const block of blocks) {
      if (block.page !== page && lines.length > 0) {
        yield pageOf(lines, page);
        lines = [];
        header = undefined;
      }
      page = block.page;
      if (headerOf(block) !== undefined && headerOf(block) !== header) lines.push(headerOf(block)!);
      header = headerOf(block);
      lines.push(block.type === 'heading' ? `# ${block.text}` : block.text);
    }
  }
  if (lines.length > 0) yield pageOf(lines, page);
}

const headerOf = (block: Block): string | undefined => (block.type === 'row' ? block.header : undefined);

const pageOf = (lines: readonly string[], page: number | undefined): LoadedPage => ({
  text: lines.join('\n\n'),
  ...(page !== undefined && { page }),
});
