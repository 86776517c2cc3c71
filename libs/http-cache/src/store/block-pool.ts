import { BLOCK_BYTES, BLOCKS_PER_PAGE, BlockPage, NONE, PAGE_BYTES } from './block-page.js';

/** Empty pages that are kept for the next records. */
const MAX_EMPTY_PAGES = 2;

/** Memory of this many bytes in a pool. */
export const pooledBytes = (bytes: number): number =>
  Math.ceil(bytes / BLOCK_BYTES) * (BLOCK_BYTES + Int32Array.BYTES_PER_ELEMENT);

/**
 * Memory for many small records, outside of the heap that V8 collects. A record is copied in, as a chain of blocks of
 * one size, and copied out. So it needs no object, its memory is reused as soon as it is freed, and different sizes
 * leave no gaps.
 */
export class BlockPool {
  /** By number. The number of a released page is reused for the next new one. */
  private readonly pages: (BlockPage | undefined)[] = [];
  /** Numbers of the pages with free blocks. The last one is filled first. */
  private readonly withRoom: number[] = [];
  private readonly released: number[] = [];
  private scratch = Buffer.allocUnsafeSlow(32 * 1024);

  /** Memory of all pages. */
  get heldBytes(): number {
    return (this.pages.length - this.released.length) * PAGE_BYTES;
  }

  /**
   * @param bytes at least one
   * @returns number of the first block, for {@link read} and {@link free}
   */
  put(bytes: Buffer): number {
    let first = NONE;
    const lastAt = Math.floor((bytes.length - 1) / BLOCK_BYTES) * BLOCK_BYTES;
    for (let at = lastAt; at >= 0; at -= BLOCK_BYTES) first = this.putBlock(bytes, at, first);
    return first;
  }

  /**
   * @param maxBytes blocks that begin after this many bytes are not read
   * @returns the record and the rest of its last block; valid until the next call
   */
  read(first: number, maxBytes = Infinity): Buffer {
    let at = 0;
    for (let block = first; block !== NONE && at < maxBytes; at += BLOCK_BYTES) {
      if (at + BLOCK_BYTES > this.scratch.length) this.growScratch();
      const [page, index] = [this.pageOf(block), block % BLOCKS_PER_PAGE];
      page.read(index, this.scratch, at);
      block = page.next[index] as number;
    }
    return this.scratch.subarray(0, at);
  }

  free(first: number): void {
    for (let block = first; block !== NONE;) {
      const [page, index] = [this.pageOf(block), block % BLOCKS_PER_PAGE];
      const next = page.next[index] as number;
      if (page.isFull) this.withRoom.unshift(numberOf(block));
      page.free(index);
      if (page.isEmpty) this.releaseSpare();
      block = next;
    }
  }

  private putBlock(bytes: Buffer, at: number, next: number): number {
    const number = this.withRoom.at(-1) ?? this.addPage();
    const page = this.pages[number] as BlockPage;
    const index = page.put(bytes, at, next);
    if (page.isFull) this.withRoom.pop();
    return number * BLOCKS_PER_PAGE + index;
  }

  private addPage(): number {
    const number = this.released.pop() ?? this.pages.length;
    this.pages[number] = new BlockPage();
    this.withRoom.push(number);
    return number;
  }

  private releaseSpare(): void {
    const empty = this.withRoom.filter((number) => this.pages[number]?.isEmpty);
    for (const number of empty.slice(MAX_EMPTY_PAGES)) {
      this.withRoom.splice(this.withRoom.indexOf(number), 1);
      this.pages[number]?.release();
      this.pages[number] = undefined;
      this.released.push(number);
    }
  }

  private growScratch(): void {
    const larger = Buffer.allocUnsafeSlow(this.scratch.length * 2);
    this.scratch.copy(larger);
    this.scratch = larger;
  }

  private pageOf(block: number): BlockPage {
    return this.pages[numberOf(block)] as BlockPage;
  }
}

const numberOf = (block: number): number => Math.floor(block / BLOCKS_PER_PAGE);
