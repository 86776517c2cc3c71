import type { Block, ExtractedPart, PagesRead } from './block.js';

/** UTF-16 code units of text in one part, the unit of storage. */
const PART_CHARS = 64 * 1024;
/** A longer block is stored in pieces. */
const BLOCK_CHARS = 16 * 1024;

/** Collects blocks into parts of about the same size. */
export class PartBuilder {
  private blocks: Block[] = [];
  private chars = 0;

  add(block: Block): void {
    const text = block.text.trim();
    for (let at = 0; at < text.length; at += BLOCK_CHARS) {
      this.blocks.push({ ...block, text: text.slice(at, at + BLOCK_CHARS) });
    }
    this.chars += text.length;
  }

  /** Whether {@link take} is due. */
  get isFull(): boolean {
    return this.chars >= PART_CHARS;
  }

  /** The part so far; the next one begins. */
  take({ pagesDone, pagesTotal }: PagesRead): ExtractedPart {
    const { blocks } = this;
    this.blocks = [];
    this.chars = 0;
    return { blocks, pagesDone, ...(pagesTotal !== undefined && { pagesTotal }) };
  }
}
