import type { Metadata, Sharp } from 'sharp';
import type { ImageTransformation } from './messages.js';

type Format = 'jpeg' | 'png' | 'webp' | 'avif';

const DEFAULT_QUALITY = 80;
/** AVIF reaches the quality of WebP and JPEG at a lower number. */
const AVIF_QUALITY_RATIO = 0.75;
/** Above it AVIF takes longer than it is worth. */
const MAX_AVIF_PIXELS = 4 * 1024 * 1024;
const FORMATS: ReadonlySet<string> = new Set<Format>(['jpeg', 'png', 'webp', 'avif']);

/**
 * Encodes an image for its clients. The orientation is applied, the colour profile is kept, and other metadata is
 * dropped.
 *
 * @returns the smallest form; undefined for images that would lose frames, depth, colours or a gain map, and for those
 *   of more than `maxPixels`, of which only the header is read
 * @throws Error for a damaged image
 */
export async function smallerImage(bytes: Uint8Array, wanted: ImageTransformation): Promise<Uint8Array | undefined> {
  const { default: sharp } = await import('sharp');
  sharp.cache(false);
  sharp.concurrency(1);
  const open = (): Sharp => sharp(bytes, { limitInputPixels: wanted.maxPixels, sequentialRead: true });
  const metadata = await open().metadata();
  const from = formatOf(metadata);
  if (from === undefined || metadata.width * metadata.height > wanted.maxPixels || wouldLose(metadata, bytes))
    return undefined;
  const formats = formatsOf(wanted, from, outputPixels(metadata, wanted.width));
  const all = await Promise.all(formats.map((format) => encoded(open(), from, format, wanted)));
  return all.sort((a, b) => a.length - b.length)[0];
}

function formatOf({ format, compression }: Metadata): Format | undefined {
  const name = format === 'heif' && compression === 'av1' ? 'avif' : format;
  return FORMATS.has(name) ? (name as Format) : undefined;
}

function wouldLose({ pages = 1, space, depth }: Metadata, bytes: Uint8Array): boolean {
  if (pages > 1 || depth !== 'uchar' || (space !== 'srgb' && space !== 'b-w')) return true;
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  return file.includes('acTL') || file.includes('hdrgm'); // frames of APNG, and a gain map for bright displays
}

function outputPixels({ width, height }: Metadata, limit = Infinity): number {
  return width * height * Math.min(1, limit / Math.min(width, height)) ** 2;
}

function formatsOf({ to, width }: ImageTransformation, from: Format, pixels: number): readonly Format[] {
  if (to === 'same') return width === undefined ? [] : [from];
  if (from === 'avif' && to === 'webp') return [];
  return to === 'avif' && pixels <= MAX_AVIF_PIXELS ? ['avif', 'webp'] : ['webp'];
}

function encoded(image: Sharp, from: Format, to: Format, { width, quality }: ImageTransformation): Promise<Buffer> {
  const upright = image.autoOrient();
  const sized = width === undefined ? upright : upright.resize({ width, withoutEnlargement: true });
  return write(sized.keepIccProfile(), to, quality ?? DEFAULT_QUALITY, from === 'png' && quality === undefined);
}

/** @param isDrawn whether the image may have sharp edges, as a drawing has */
function write(image: Sharp, to: Format, quality: number, isDrawn: boolean): Promise<Buffer> {
  switch (to) {
    case 'avif':
      return image
        .avif({
          quality: Math.round(quality * AVIF_QUALITY_RATIO), // sharp rejects fractions
          effort: 3,
          chromaSubsampling: isDrawn ? '4:4:4' : '4:2:0',
        })
        .toBuffer();
    case 'webp':
      return image.webp(isDrawn ? { lossless: true } : { quality }).toBuffer();
    case 'jpeg':
      return image.jpeg({ quality, mozjpeg: true }).toBuffer();
    case 'png':
      return image.png({ compressionLevel: 9 }).toBuffer();
  }
}
