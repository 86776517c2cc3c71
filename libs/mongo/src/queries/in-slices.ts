/** Documents that one query reads. */
const SLICE = 16;

/** How much of a list is read. */
export interface SliceLimits<T> {
  /** Largest number of documents. */
  limit: number;
  /** Largest size of all documents together. */
  maxBytes: number;
  /** Number of documents that are read whatever their size. Minimum 1. */
  atLeast: number;
  bytesOf: (document: T) => number;
}

/**
 * Reads a list of documents of any size by several queries, so that the memory that it takes is bounded.
 * @param read returns the next `count` documents after `last`; fewer at the end of the list
 * @returns `isCut`: whether the list goes on behind these documents, because of their size
 */
export async function inSlices<T>(
  read: (last: T | undefined, count: number) => Promise<readonly T[]>,
  { limit, maxBytes, atLeast, bytesOf }: SliceLimits<T>,
): Promise<{ taken: T[]; isCut: boolean }> {
  const taken: T[] = [];
  let bytes = 0;
  while (taken.length < limit) {
    const count = Math.min(SLICE, limit - taken.length);
    const slice = await read(taken.at(-1), count);
    for (const document of slice) {
      bytes += bytesOf(document);
      if (bytes > maxBytes && taken.length >= atLeast) return { taken, isCut: true };
      taken.push(document);
    }
    if (slice.length < count) break;
  }
  return { taken, isCut: false };
}
