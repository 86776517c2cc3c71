/** Small enough that the last block of a chain wastes little, large enough that a small answer needs few. */
export const BLOCK_BYTES = 256;
export const BLOCKS_PER_PAGE = 4096;
/** Ends a chain. */
export const NONE = -1;
/** Memory of a page, including the links between its blocks. */
export const PAGE_BYTES = BLOCKS_PER_PAGE * (BLOCK_BYTES + Int32Array.BYTES_PER_ELEMENT);

/** Blocks that are allocated and released together. */
export class BlockPage {
  /** For each used block: number of the next block of its chain. */
  readonly next = new Int32Array(BLOCKS_PER_PAGE);
  private readonly bytes = Buffer.allocUnsafeSlow(BLOCKS_PER_PAGE * BLOCK_BYTES);
  private firstFree = 0;
  private used = 0;

  constructor() {
    for (let i = 0; i < BLOCKS_PER_PAGE; i++) this.next[i] = i + 1 < BLOCKS_PER_PAGE ? i + 1 : NONE;
  }

  get isFull(): boolean {
    return this.firstFree === NONE;
  }

  get isEmpty(): boolean {
    return this.used === 0;
  }

  /**
   * Copies up to a block of bytes into a free block.
   * @param next number in the pool of the next block of the chain
   * @returns index of the block in this page
   */
  put(from: Buffer, at: number, next: number): number {
    const index = this.firstFree;
    this.firstFree = this.next[index] as number;
    this.next[index] = next;
    this.used += 1;
    from.copy(this.bytes, index * BLOCK_BYTES, at, at + BLOCK_BYTES);
    return index;
  }

  read(index: number, into: Buffer, at: number): void {
    this.bytes.copy(into, at, index * BLOCK_BYTES, (index + 1) * BLOCK_BYTES);
  }

  free(index: number): void {
    this.next[index] = this.firstFree;
    this.firstFree = index;
    this.used -= 1;
  }

  /** Releases the memory now, without waiting for V8. Nothing refers to it, because bytes are only copied. */
  release(): void {
    (this.bytes.buffer as ArrayBuffer).transfer(0);
  }
}
