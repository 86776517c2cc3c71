import { describe, expect, it } from 'vitest';
import { BLOCK_BYTES, BLOCKS_PER_PAGE, PAGE_BYTES } from './block-page.js';
import { BlockPool, pooledBytes } from './block-pool.js';

const pieceOf = (bytes: number, fill: number): Buffer => Buffer.alloc(bytes, fill);

describe('BlockPool', () => {
  it.each([1, BLOCK_BYTES - 1, BLOCK_BYTES, BLOCK_BYTES + 1, 10 * BLOCK_BYTES, 100_000])(
    'returns a piece of %i bytes as it was put, whatever is put and freed beside it',
    (bytes) => {
      const pool = new BlockPool();
      const [before, piece] = [pool.put(pieceOf(3_000, 1)), pool.put(pieceOf(bytes, 2))];
      pool.free(before);
      pool.put(pieceOf(5_000, 3));
      expect(pool.read(piece).subarray(0, bytes).equals(pieceOf(bytes, 2))).toBe(true);
    },
  );

  it('reads no more blocks than are asked for', () => {
    const pool = new BlockPool();
    expect(pool.read(pool.put(pieceOf(1_000, 1)), 300)).toHaveLength(2 * BLOCK_BYTES);
  });

  it('uses freed blocks again before it takes more memory, for pieces of any size', () => {
    const pool = new BlockPool();
    const small = Array.from({ length: BLOCKS_PER_PAGE }, () => pool.put(pieceOf(BLOCK_BYTES, 1)));
    expect(pool.heldBytes).toBe(PAGE_BYTES);
    for (const at of small.filter((_, i) => i % 2 === 0)) pool.free(at);
    const large = pool.put(pieceOf((BLOCKS_PER_PAGE / 2) * BLOCK_BYTES, 2));
    expect(pool.heldBytes).toBe(PAGE_BYTES);
    expect(pool.read(large).equals(pieceOf((BLOCKS_PER_PAGE / 2) * BLOCK_BYTES, 2))).toBe(true);
  });

  it('releases what is empty, but for two pages', () => {
    const pool = new BlockPool();
    const pieces = Array.from({ length: 10 }, () => pool.put(pieceOf(BLOCKS_PER_PAGE * BLOCK_BYTES, 1)));
    expect(pool.heldBytes).toBe(10 * PAGE_BYTES);
    for (const at of pieces) pool.free(at);
    expect(pool.heldBytes).toBe(2 * PAGE_BYTES);
    const again = Array.from({ length: 10 }, (_, i) => pool.put(pieceOf(1_000_000, i)));
    expect(again.every((at, i) => pool.read(at).subarray(0, 1_000_000).equals(pieceOf(1_000_000, i)))).toBe(true);
  });

  it('counts whole blocks and their links', () => {
    expect([pooledBytes(1), pooledBytes(BLOCK_BYTES), pooledBytes(BLOCK_BYTES + 1)]).toEqual([260, 260, 520]);
  });
});
