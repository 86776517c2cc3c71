import { z } from 'zod';
import { between, bytes, milliseconds } from './numbers.js';
import { pathPattern } from './path-pattern.js';

/** Settings of the asset path: changes of the gateway in files that all clients share. */
export const webAssetsSchema = z.strictObject({
  cacheControl: z
    .boolean()
    .default(true)
    .describe(
      'Whether answers of paths of class immutable and public get Cache-Control if the backend sends neither ' +
        'Cache-Control nor Expires.',
    ),
  compression: z
    .boolean()
    .default(true)
    .describe(
      'Whether stored answers of paths of class immutable and public are compressed in the background (Brotli, ' +
        'Zstandard or gzip). Answers to single users are never compressed.',
    ),
  minify: z
    .array(pathPattern)
    .max(100)
    .default([])
    .describe(
      'Paths of scripts and style sheets whose white space and comments are removed, unless they are minified ' +
        'already. Names, and comments of licences, are kept. No page may name such a file with an integrity ' +
        'attribute. Requires compression.',
    ),
  images: z
    .boolean()
    .default(true)
    .describe(
      'Whether images of paths of class immutable and public are made smaller in the background: SVG loses needless ' +
        'content, PNG and JPEG become AVIF or WebP for clients that accept it. Requires compression.',
    ),
  imageWidths: z
    .array(between(1, 16_384))
    .max(32)
    .default([32, 64, 96, 128, 192, 256, 384, 512, 768, 1024, 1536, 2048])
    .describe('Widths in pixels that clients may request of a PNG or JPEG by ?w=. Other widths are ignored.'),
  maxImagePixels: between(1, 100_000_000)
    .default(16_777_216)
    .describe('PNG and JPEG images with more pixels stay as they are. Their header alone is read.'),
  fonts: z
    .boolean()
    .default(true)
    .describe(
      'Whether TrueType and OpenType fonts of paths of class immutable and public become WOFF2 for browsers that ' +
        'load them as a font. Requires compression.',
    ),
  dictionaries: z
    .boolean()
    .default(false)
    .describe(
      'Whether browsers that support it (RFC 9842) are offered a dictionary made of the scripts and styles of a ' +
        'release, so that they download only the differences of the next release. Requires compression, and a rule ' +
        'of class immutable whose path ends with /**.',
    ),
  dictionaryDelayMs: milliseconds
    .default(10_000)
    .describe('A dictionary is made when no new file was stored for this time.'),
  preloads: z
    .boolean()
    .default(false)
    .describe(
      'Whether the gateway learns which scripts and styles of class immutable a page loads, and names them in the ' +
        'Link field of the page, so that browsers request all of them at once. For browsers that use HTTP/2 and come ' +
        'without a proxy in between.',
    ),
  directory: z
    .string()
    .min(1)
    .max(4096)
    .default('.slipstream/assets')
    .describe('Folder of finished files. Processes of one machine share it. It may be deleted at any time.'),
  maxBytes: bytes
    .default(256 * 1024 * 1024)
    .describe('Limit of the files in directory. The least recently used are removed first.'),
  threads: between(1, 16).default(1).describe('Number of threads per process that compress. They run at low priority.'),
});
