import { BLOCK_BYTES } from './block-page.js';
import { BlockPool, pooledBytes } from './block-pool.js';
import type { CacheRecord } from './cache-record.js';
import { bodyApart, namesEnd, packRecord, unpackNames, unpackRecord, type RecordNames } from './packed-record.js';

/** The objects of a buffer in V8 and in C++, and the rounding of malloc. */
const BUFFER_BYTES = 400;

/** Records outside of V8's heap, each by the number that {@link put} returns. */
export class PackedRecords {
  private readonly pool = new BlockPool();
  /** Bodies that are too large to be packed. */
  private readonly bodies = new Map<number, Buffer>();
  private bodyBytes = 0;

  /** Memory in use, including free memory that is not released. */
  get heldBytes(): number {
    return this.pool.heldBytes + this.bodyBytes;
  }

  put(record: CacheRecord): { readonly at: number; readonly bytes: number } {
    const packed = packRecord(record);
    const at = this.pool.put(packed);
    const apart = bodyApart(record);
    if (!apart) return { at, bytes: pooledBytes(packed.length) };
    this.bodies.set(at, apart);
    this.bodyBytes += costOf(apart);
    return { at, bytes: pooledBytes(packed.length) + costOf(apart) };
  }

  get(key: string, at: number): CacheRecord {
    return unpackRecord(key, this.pool.read(at), this.bodies.get(at));
  }

  namesOf(key: string, at: number): RecordNames {
    const begin = this.pool.read(at, BLOCK_BYTES);
    return unpackNames(key, namesEnd(begin) <= begin.length ? begin : this.pool.read(at));
  }

  /** @returns the body, if it was not packed */
  delete(at: number): Buffer | undefined {
    const apart = this.bodies.get(at);
    this.pool.free(at);
    if (apart && this.bodies.delete(at)) this.bodyBytes -= costOf(apart);
    return apart;
  }
}

const costOf = (body: Buffer): number => body.buffer.byteLength + BUFFER_BYTES;
