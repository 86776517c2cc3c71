import { expect, it } from 'vitest';
import { isCompressible } from './compressible.js';

it.each([
  ['text/javascript; charset=utf-8', true],
  ['TEXT/HTML', true],
  ['application/json', true],
  ['application/manifest+json', true],
  ['application/wasm', true],
  ['image/svg+xml', true],
  ['font/ttf', true],
  ['application/x-font-ttf', true],
  ['text/event-stream', false],
  ['Text/Event-Stream; charset=utf-8', false],
  ['font/woff2', false],
  ['image/png', false],
  ['application/octet-stream', false],
  ['', false],
  [undefined, false],
])('%s: %s', (type, expected) => expect(isCompressible(type)).toBe(expected));
