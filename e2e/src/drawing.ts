import { crc32, deflateSync } from 'node:zlib';

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const EIGHT_BIT_RGB = [8, 2, 0, 0, 0];
const CHANNELS = 3;

/** @returns a PNG image of a disc on a gradient, with texture: encoders have work to do */
export function drawing(width: number, height: number): Buffer {
  const lines = Array.from({ length: height }, (_, y) => {
    const line = Buffer.alloc(1 + width * CHANNELS); // the first byte is the filter: none
    for (let x = 0; x < width; x++) line.set(colourAt(x / width, y / height, (x * y) % 97), 1 + x * CHANNELS);
    return line;
  });
  const size = Buffer.alloc(8);
  size.writeUInt32BE(width, 0);
  size.writeUInt32BE(height, 4);
  const header = Buffer.concat([size, Buffer.from(EIGHT_BIT_RGB)]);
  return Buffer.concat([
    SIGNATURE,
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(Buffer.concat(lines))),
    chunk('IEND'),
  ]);
}

const colourAt = (x: number, y: number, texture: number): [number, number, number] =>
  (x - 0.5) ** 2 + (y - 0.5) ** 2 < 0.1 ? [220, texture, 40] : [20, 255 * x, 200 - (texture >> 1)];

/** Length, type, data, and the checksum of type and data. */
function chunk(type: string, data = Buffer.alloc(0)): Buffer {
  const content = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const [length, checksum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  checksum.writeUInt32BE(crc32(content));
  return Buffer.concat([length, content, checksum]);
}
