import { crc32, deflateSync } from 'node:zlib';

/** A byte of a channel, by its place. */
type Pattern = (column: number, row: number) => number;

/** Gets smaller by every other format. */
export const WAVES: Pattern = (column, row) => ((column * 31 + row * 17) ^ (column >> 3)) & 255;

/** Gets smaller only by formats that lose details. */
export const NOISE: Pattern = (column, row) =>
  Math.imul(Math.imul(column + 1, 374_761_393) ^ (row * 668_265_263), 1_274_126_177) >>> 24;

/** An image in colour. */
export function pngOf(width: number, height: number, pattern = WAVES): Buffer {
  const rows = Array.from({ length: height }, (_, row) =>
    Buffer.from([0, ...Array.from({ length: width * 3 }, (__, column) => pattern(column, row))]),
  );
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2], 8);
  const chunks = [chunk('IHDR', header), chunk('IDAT', deflateSync(Buffer.concat(rows), { level: 0 })), chunk('IEND')];
  return Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), ...chunks]);
}

function chunk(type: string, data = Buffer.alloc(0)): Buffer {
  const framed = Buffer.alloc(data.length + 12);
  framed.writeUInt32BE(data.length, 0);
  framed.write(type, 4, 'latin1');
  framed.set(data, 8);
  framed.writeUInt32BE(crc32(framed.subarray(4, data.length + 8)), data.length + 8);
  return framed;
}
