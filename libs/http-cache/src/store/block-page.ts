/** Small enough that the last block of a chain wastes little, large enough that a small answer takes few. */
export const BLOCK_BYTES = 256;
export const BLOCKS_PER_PAGE = 4096;
/** Ends a chain. */
export const NONE = -1;
/** What a page takes, the links between its blocks included. */
export const PAGE_BYTES = BLOCKS_PER_PAGE * (BLOCK_BYTES + Int32Array.BYTES_PER_ELEMENT);

/** Blocks that are allocated and released together. */
export class BlockPage {
  /** Of each used block: the number in the pool of the next block of its chain. */
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

  /** Releases the memory now, not when V8 collects it. Nothing else refers to it: bytes are only ever copied. */
  release(): void {
    (this.bytes.buffer as ArrayBuffer).transfer(0);
  }
}
