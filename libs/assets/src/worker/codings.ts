import zlib, { constants } from 'node:zlib';
import type { ContentCoding } from '@slipstream/http';
import type { Effort } from './messages.js';

const LEVELS = {
  best: { br: 11, zstd: 19, gzip: 9 },
  quick: { br: 5, zstd: 6, gzip: 6 },
} as const satisfies Record<Effort, Record<ContentCoding, number>>;

/** @throws Error for damaged bytes, and for content of more than `maxBytes`, which is not decoded whole */
export function decoded(bytes: Uint8Array, coding: ContentCoding | undefined, maxBytes: number): Uint8Array {
  const limit = { maxOutputLength: maxBytes };
  switch (coding) {
    case 'br':
      return zlib.brotliDecompressSync(bytes, limit);
    case 'zstd':
      return zlib.zstdDecompressSync(bytes, limit);
    case 'gzip':
      return zlib.gunzipSync(bytes, limit);
    case undefined:
      return bytes;
  }
}

export function encoded(content: Uint8Array, coding: ContentCoding, effort: Effort): Buffer {
  const level = LEVELS[effort][coding];
  if (coding === 'gzip') return zlib.gzipSync(content, { level });
  if (coding === 'zstd')
    return zlib.zstdCompressSync(content, { params: { [constants.ZSTD_c_compressionLevel]: level } });
  return zlib.brotliCompressSync(content, {
    params: { [constants.BROTLI_PARAM_QUALITY]: level, [constants.BROTLI_PARAM_SIZE_HINT]: content.length },
  });
}
