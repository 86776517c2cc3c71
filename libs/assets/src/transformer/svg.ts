import { isUtf8 } from 'node:buffer';
import type { Config } from 'svgo';

/** Scripts may read what would be removed, and entities may expand without end. */
const ACTIVE = /<script|<foreignobject|<!entity|\son[a-z]+\s*=|javascript:|<\?xml-stylesheet/i;
const NOT_UTF8 = /^[^>]{0,200}\sencoding\s*=\s*["'](?!utf-?8["'])/i;

/** Ids, classes, elements, and the view box stay, because pages and style sheets may name them. */
const CONFIG: Config = {
  multipass: false,
  plugins: [
    'removeDoctype',
    'removeXMLProcInst',
    'removeComments',
    'removeMetadata',
    'removeEditorsNSData',
    'cleanupAttrs',
    { name: 'cleanupNumericValues', params: { floatPrecision: 4 } },
    { name: 'convertPathData', params: { floatPrecision: 4 } },
    'convertColors',
  ],
};

/** @returns undefined for an image with scripts or entities, or in another charset @throws Error for broken XML */
export async function smallerSvg(bytes: Uint8Array): Promise<Uint8Array | undefined> {
  const text = Buffer.from(bytes).toString();
  if (!isUtf8(bytes) || ACTIVE.test(text) || NOT_UTF8.test(text)) return undefined;
  const { optimize } = await import('svgo');
  const { data } = optimize(text, CONFIG);
  return data === '' ? undefined : Buffer.from(data); // of a file that was cut off in its first tag
}
