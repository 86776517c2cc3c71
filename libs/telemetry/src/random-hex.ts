import { randomFillSync } from 'node:crypto';

/** The system's random generator takes the same time for few bytes as for many. */
const STOCK_BYTES = 8192;
const stock = Buffer.alloc(STOCK_BYTES);
let used = STOCK_BYTES;

/** Returns unpredictable hex digits, two per byte, from a buffer. @param bytes at most 8192 */
export function randomHex(bytes: number): string {
  if (used + bytes > STOCK_BYTES) {
    randomFillSync(stock);
    used = 0;
  }
  used += bytes;
  return stock.toString('hex', used - bytes, used);
}
