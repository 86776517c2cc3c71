import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { decode as decodeAvif } from '@jsquash/avif';
import { init as initAvif } from '@jsquash/avif/decode.js';
import { decode as decodeWebp } from '@jsquash/webp';
import { init as initWebp } from '@jsquash/webp/decode.js';
import * as fontkit from 'fontkit';
import { PNG } from 'pngjs';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Optimizers } from './testing/optimizers.js';
import type { ImageTransformation } from './transformer/messages.js';

const { resolve } = createRequire(import.meta.url);
/** Node's fetch reads no files, so the decoders get their code. */
const codeIn = (file: string) => ({ wasmBinary: new Uint8Array(readFileSync(resolve(file))).buffer });
beforeAll(async () => {
  await initAvif(codeIn('@jsquash/avif/codec/dec/avif_dec.wasm'));
  await initWebp(codeIn('@jsquash/webp/codec/dec/webp_dec.wasm'));
});

const optimizers = new Optimizers();
afterAll(() => optimizers.close());

interface Pixels {
  readonly width: number;
  readonly height: number;
  readonly data: Iterable<number>;
}

/** A drawing with sharp edges, made and encoded without sharp. */
function drawing(width = 300, height = 200): Pixels & { readonly png: Buffer } {
  const png = new PNG({ width, height });
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const isInside = (x - 150) ** 2 + (y - 100) ** 2 < 80 ** 2;
      png.data.set(isInside ? [220, (x * y) % 97, 40, 255] : [20, 60, 200 - (x % 50), 255], (y * width + x) * 4);
    }
  return { width, height, data: png.data, png: PNG.sync.write(png) };
}

const meanDifference = (one: Pixels, other: Pixels): number => {
  expect([other.width, other.height]).toEqual([one.width, one.height]);
  const [before, after] = [Array.from(one.data), Array.from(other.data)];
  return before.reduce((sum, value, i) => sum + Math.abs(value - after[i]!), 0) / before.length;
};

const SETTINGS = { type: 'image', maxPixels: 1_000_000 } as const;
const image = (bytes: Uint8Array, wanted: Omit<ImageTransformation, 'type' | 'maxPixels'>) =>
  optimizers.transform(bytes, { ...SETTINGS, ...wanted });

const bufferOf = ({ bytes }: { bytes: Buffer }): ArrayBuffer => new Uint8Array(bytes).buffer;

describe('an image', () => {
  const source = drawing();

  it('looks the same as AVIF', async () => {
    const made = await image(source.png, { to: 'avif' });
    expect(made).toMatchObject({ contentType: 'image/avif', isTransformed: true });
    expect(made.bytes.length).toBeLessThan(source.png.length);
    expect(meanDifference(source, (await decodeAvif(bufferOf(made)))!)).toBeLessThan(4);
  });

  it('has the same pixels as WebP, if it is a PNG', async () => {
    const made = await image(source.png, { to: 'webp' });
    expect(made).toMatchObject({ contentType: 'image/webp', isTransformed: true });
    expect(meanDifference(source, await decodeWebp(bufferOf(made)))).toBe(0);
  });

  it('looks the same as WebP, if it is a JPEG', async () => {
    const jpeg = await sharp(source.png).jpeg({ quality: 95 }).toBuffer();
    const made = await image(jpeg, { to: 'webp' });
    expect(meanDifference(source, await decodeWebp(bufferOf(made)))).toBeLessThan(6);
    expect(made.bytes.length).toBeLessThan(jpeg.length);
  });

  it.each([
    [100, [100, 67]],
    [3_000, [300, 200]],
  ])('gets the width %i if it is wider', async (width, size) => {
    const { bytes, contentType } = await image(source.png, { to: 'same', width });
    const decoded = PNG.sync.read(bytes);
    expect([contentType, [decoded.width, decoded.height]]).toEqual([undefined, size]);
  });

  it('is smaller at a lower quality', async () => {
    const [low, high] = await Promise.all([30, 90].map((quality) => image(source.png, { to: 'webp', quality })));
    expect(low!.bytes.length).toBeLessThan(high!.bytes.length);
  });

  it.each([30, 35, 50, 95])('becomes AVIF and WebP at quality %i', async (quality) => {
    const made = await Promise.all((['avif', 'webp'] as const).map((to) => image(source.png, { to, quality })));
    expect(made.map(({ contentType }) => contentType)).toEqual([expect.stringMatching(/avif|webp/), 'image/webp']);
  });

  it('is upright, has its colour profile, and no other metadata', async () => {
    const flat = sharp({ create: { width: 300, height: 200, channels: 3, background: '#e02010' } });
    const jpeg = await flat
      .withIccProfile('p3')
      .withExif({ IFD0: { Copyright: 'somebody' } })
      .jpeg()
      .toBuffer();
    const turned = await sharp(jpeg).withMetadata({ orientation: 6 }).jpeg().toBuffer();
    const { bytes } = await image(turned, { to: 'webp' });
    const decoded = await decodeWebp(new Uint8Array(bytes).buffer);
    expect([decoded.width, decoded.height]).toEqual([200, 300]);
    expect(['ICCP', 'EXIF', 'somebody'].map((text) => bytes.includes(text))).toEqual([true, false, false]);
    const upright = await sharp(turned).rotate(90).keepIccProfile().raw().toBuffer({ resolveWithObject: true });
    const rgb = Array.from(decoded.data as Iterable<number>).filter((_, i) => i % 4 !== 3);
    expect(meanDifference({ ...upright.info, data: upright.data }, { ...decoded, data: rgb })).toBeLessThan(3);
  });
});

describe('an image stays as it is', () => {
  const { png } = drawing();
  /** The header of a PNG without any pixels: reading more of it would fail. */
  const headerOf = (width: number, height: number): Buffer => {
    const header = Buffer.from(png.subarray(0, 33));
    header.writeUInt32BE(width, 16);
    header.writeUInt32BE(height, 20);
    return header;
  };
  const gif = (frames: number) =>
    sharp(
      Buffer.alloc(40 * 40 * frames * 3, 7).map((_, i) => i % 251),
      {
        raw: { width: 40, height: 40 * frames, channels: 3, pageHeight: 40 },
      },
    );

  it.each([
    ['it has more pixels than allowed, by its header', () => drawing(1001, 1000).png],
    ['its header names 100 megapixels', () => headerOf(10_000, 10_000)],
    ['it is cut', () => png.subarray(0, png.length / 2)],
    ['it is no image', () => Buffer.from('GIF89a, but not really'.repeat(100))],
    ['it has 16 bits per channel', () => sharp(png).toColourspace('rgb16').png().toBuffer()],
    ['it is for print', () => sharp(png).toColourspace('cmyk').jpeg().toBuffer()],
    ['it is an animated GIF', () => gif(3).gif().toBuffer()],
    ['it is an animated WebP', () => gif(3).webp().toBuffer()],
    [
      'it is an animated PNG',
      () => Buffer.concat([png.subarray(0, 33), Buffer.from('\0\0\0\0acTL'), png.subarray(33)]),
    ],
  ])('if %s', async (_, make) => {
    const bytes = await make();
    for (const to of ['avif', 'webp'] as const) {
      const made = await image(bytes, { to });
      expect([made.isTransformed, made.bytes.equals(bytes)]).toEqual([false, true]);
    }
  });

  it('if it gets no smaller', async () => {
    const webp = await sharp(png).webp({ quality: 1 }).toBuffer();
    expect(await image(webp, { to: 'webp' })).toMatchObject({ isTransformed: false });
  });
});

describe('a font', () => {
  const ttf = readFileSync(resolve('http-cache-tests/asset/fonts/fontawesome-webfont.ttf'));

  it('has the same glyphs as WOFF2', { timeout: 60_000 }, async () => {
    const made = await optimizers.transform(ttf, { type: 'font' });
    expect(made).toMatchObject({ contentType: 'font/woff2', isTransformed: true });
    expect(made.bytes.length).toBeLessThan(ttf.length * 0.7);
    const [before, after] = [ttf, made.bytes].map((bytes) => fontkit.create(bytes as Buffer) as fontkit.Font);
    const glyphs = (font: fontkit.Font) =>
      font.characterSet.map((code) => {
        const glyph = font.glyphForCodePoint(code);
        return [code, glyph.advanceWidth, glyph.path.toSVG()];
      });
    expect(glyphs(after!)).toEqual(glyphs(before!));
    expect(glyphs(after!).length).toBeGreaterThan(300);
  });

  it.each([
    ['damaged', ttf.subarray(0, 5_000)],
    ['a web page', Buffer.from('<!doctype html>'.repeat(100))],
    ['a collection', Buffer.concat([Buffer.from('ttcf'), ttf])],
    ['larger than 2 MiB', Buffer.concat([ttf, Buffer.alloc(2 << 20)])],
  ])('stays as it is if it is %s', async (_, bytes) => {
    const made = await optimizers.transform(bytes, { type: 'font' });
    expect([made.isTransformed, made.bytes.equals(bytes)]).toEqual([false, true]);
  });
});
