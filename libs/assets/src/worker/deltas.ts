import zlib, { constants } from 'node:zlib';
import type { DeltaCoding } from './messages.js';

/** RFC 9842 section 4: each coding begins with these bytes and the SHA-256 of the dictionary. */
const MAGIC = {
  dcb: Buffer.from('ff444342', 'hex'),
  dcz: Buffer.from('5e2a4d1820000000', 'hex'),
} as const satisfies Record<DeltaCoding, Buffer>;

/** Each file indexes the whole dictionary again, so higher levels take many times as long for little gain. */
const BROTLI_QUALITY = 5;
const ZSTD_LEVEL = 9;
/** The window that every client has to support (RFC 9842 section 4.2), as a power of two: 8 MiB. */
const ZSTD_MIN_WINDOW = 23;
const ZSTD_MAX_WINDOW = 27;

/** @param digest SHA-256 of the dictionary, in hexadecimal */
export function delta(content: Uint8Array, coding: DeltaCoding, dictionary: Buffer, digest: string): Buffer {
  const coded = coding === 'dcb' ? brotli(content, dictionary) : zstd(content, dictionary);
  return Buffer.concat([MAGIC[coding], Buffer.from(digest, 'hex'), coded]);
}

function brotli(content: Uint8Array, dictionary: Buffer): Buffer {
  const params = { [constants.BROTLI_PARAM_QUALITY]: BROTLI_QUALITY, [constants.BROTLI_PARAM_LGWIN]: 24 };
  return zlib.brotliCompressSync(content, { dictionary, params } as zlib.BrotliOptions);
}

/** A client supports a window of 1.25 times the dictionary, and of 8 MiB in any case. */
function zstd(content: Uint8Array, dictionary: Buffer): Buffer {
  const needed = Math.floor(Math.log2(Math.max(1, dictionary.length * 1.25)));
  const window = Math.min(ZSTD_MAX_WINDOW, Math.max(ZSTD_MIN_WINDOW, needed));
  const params = { [constants.ZSTD_c_compressionLevel]: ZSTD_LEVEL, [constants.ZSTD_c_windowLog]: window };
  return zlib.zstdCompressSync(content, { dictionary, params } as zlib.ZstdOptions);
}
