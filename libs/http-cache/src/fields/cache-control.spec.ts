import { expect, it } from 'vitest';
import { parseCacheControl } from './cache-control.js';

it.each([
  ['max-age=60, PUBLIC', { 'max-age': '60', public: undefined }],
  ['max-age="60"', { 'max-age': '60' }],
  ['no-cache="set-cookie, x"', { 'no-cache': 'set-cookie, x' }],
  ['max-age=1, max-age=2', { 'max-age': '1' }], // the first counts (RFC 9111 section 4.2.1)
  ['extension="max-age=100", max-age=1', { extension: 'max-age=100', 'max-age': '1' }],
  ["max-age='60'", { 'max-age': "'60'" }],
  ['max-age =60, public', { public: undefined }],
  ['max-age= 60', {}],
  [';;, =, public', { public: undefined }],
  [undefined, {}],
])('reads %j (RFC 9111 section 5.2)', (value, directives) =>
  expect(Object.fromEntries(parseCacheControl(value))).toEqual(directives),
);
