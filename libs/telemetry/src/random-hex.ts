import { randomFillSync } from 'node:crypto';

/** Asking the system for randomness costs as much for a few bytes as for many. */
const STOCK_BYTES = 8192;
const stock = Buffer.alloc(STOCK_BYTES);
let used = STOCK_BYTES;

/** Unpredictable hex digits, two per byte, out of a stock. @param bytes at most 8192 */
export function randomHex(bytes: number): string {
  if (used + bytes > STOCK_BYTES) {
    randomFillSync(stock);
    used = 0;
  }
  used += bytes;
  return stock.toString('hex', used - bytes, used);
}
