/**
 * Types of hosted files, by extension. HTML is none of them: it would run on the application's origin. The type that a
 * client sends does not count.
 */
const TYPES: Readonly<Record<string, string>> = {
  avif: 'image/avif',
  css: 'text/css; charset=utf-8',
  gif: 'image/gif',
  ico: 'image/x-icon',
  jpeg: 'image/jpeg',
  jpg: 'image/jpeg',
  js: 'text/javascript; charset=utf-8',
  json: 'application/json',
  map: 'application/json',
  mjs: 'text/javascript; charset=utf-8',
  mp3: 'audio/mpeg',
  mp4: 'video/mp4',
  ogg: 'audio/ogg',
  otf: 'font/otf',
  pdf: 'application/pdf',
  png: 'image/png',
  svg: 'image/svg+xml',
  ttf: 'font/ttf',
  txt: 'text/plain; charset=utf-8',
  wasm: 'application/wasm',
  wav: 'audio/wav',
  webm: 'video/webm',
  webp: 'image/webp',
  woff: 'font/woff',
  woff2: 'font/woff2',
};

const MAX_STEM_CHARS = 64;

/** A name as it becomes part of a URL. */
export interface AssetName {
  /** Lower-case letters, digits, `-` and `_`. */
  readonly stem: string;
  readonly extension: string;
  readonly type: string;
}

/** @returns undefined if no file of this extension is hosted */
export function assetNameOf(name: string): AssetName | undefined {
  const file = name.slice(Math.max(name.lastIndexOf('/'), name.lastIndexOf('\\')) + 1).toLowerCase();
  const dot = file.lastIndexOf('.');
  const extension = file.slice(dot + 1);
  if (dot < 0 || !Object.hasOwn(TYPES, extension)) return undefined;
  const stem = file
    .slice(0, dot)
    .replaceAll(/[^a-z0-9_-]/g, '-')
    .slice(0, MAX_STEM_CHARS);
  return { stem: stem === '' ? 'file' : stem, extension, type: TYPES[extension] as string };
}
