import { filterHeaders, type RawHeaders } from '@slipstream/http';
import type { Fields } from '../fields/fields.js';
import { pathOf } from '../rules/target-path.js';
import type { ReadRequest } from './cache-request.js';

/** Detail in the Cache-Status of such an answer. */
export const MISTYPED = 'type-mismatch';

/** Types that servers use for unknown extensions. No browser runs them as a script or a style sheet. */
const UNKNOWN = 'text/plain|application/octet-stream|binary/octet-stream';
const IMAGE = new RegExp(`^(?:image/.+|${UNKNOWN})$`);
const FONT = new RegExp(`^(?:font/.+|application/(?:x-)?font-.+|application/vnd\\.ms-fontobject|${UNKNOWN})$`);
const MEDIA = new RegExp(`^(?:audio/.+|video/.+|application/ogg|${UNKNOWN})$`);
const SCRIPT = /^(?:text|application)\/(?:x-)?(?:java|ecma)script$/;
const STYLES = /^text\/css$/;
const JSON_TEXT = new RegExp(`^(?:application/(?:.+\\+)?json|text/json|${UNKNOWN})$`);
const WASM = /^application\/(?:wasm|octet-stream)$/;

/** Content types that fit a file's extension. Other extensions fit every type. */
const TYPES: ReadonlyMap<string, RegExp> = new Map([
  ...extensions(SCRIPT, 'js', 'mjs', 'cjs'),
  ...extensions(STYLES, 'css'),
  ...extensions(JSON_TEXT, 'json', 'map', 'webmanifest'),
  ...extensions(WASM, 'wasm'),
  ...extensions(FONT, 'woff', 'woff2', 'ttf', 'otf', 'eot'),
  ...extensions(IMAGE, 'png', 'jpg', 'jpeg', 'gif', 'webp', 'avif', 'svg', 'ico', 'bmp'),
  ...extensions(MEDIA, 'mp3', 'mp4', 'm4a', 'webm', 'ogg', 'wav', 'flac'),
]);

function extensions(types: RegExp, ...names: string[]): [string, RegExp][] {
  return names.map((name) => [name, types]);
}

/**
 * Whether a success under a rule for immutable files has a type that its path can't have. Some applications answer
 * unknown paths with their start page and 200. Without a Content-Type, only scripts and style sheets count as mistyped.
 */
export function isMistyped({ original, rule }: ReadRequest, statusCode: number, fields: Fields): boolean {
  if (rule?.checksType !== true || statusCode < 200 || statusCode >= 300 || statusCode === 204) return false;
  const types = TYPES.get(extensionOf(original.target));
  return types !== undefined && !types.test(typeOf(fields));
}

function extensionOf(target: string): string {
  const path = pathOf(target);
  const name = path.slice(path.lastIndexOf('/') + 1);
  return name.slice(name.lastIndexOf('.') + 1).toLowerCase();
}

const typeOf = (fields: Fields): string =>
  (fields.get('content-type')?.split(';', 1)[0] ?? 'application/octet-stream').trim().toLowerCase();

const LIFETIME_FIELDS: ReadonlySet<string> = new Set([
  'cache-control',
  'cdn-cache-control',
  'surrogate-control',
  'expires',
  'pragma',
]);

/** The fields of an answer that no cache and no browser may store, regardless of the origin's directives. */
export const unstorable = (headers: RawHeaders): string[] => [
  ...filterHeaders(headers, (name) => !LIFETIME_FIELDS.has(name)),
  'Cache-Control',
  'no-store',
];
