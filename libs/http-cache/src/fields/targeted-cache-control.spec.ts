import { expect, it } from 'vitest';
import { parseTargetedCacheControl } from './targeted-cache-control.js';

it.each([
  ['max-age=60, public', { 'max-age': '60', public: undefined }],
  ['no-store;x=1', { 'no-store': undefined }],
  ['private="a, b"', { private: 'a, b' }],
  ['public=?1, no-store=?0', { public: undefined }],
  ['max-age=1, max-age=2', { 'max-age': '2' }], // in a Dictionary the last counts (RFC 9651 section 4.2.2)
])('reads %j (RFC 9213 section 2.1)', (value, directives) =>
  expect(Object.fromEntries(parseTargetedCacheControl(value) ?? [])).toEqual(directives),
);

it.each([
  undefined,
  '',
  'max-age="60"',
  'max-age=6.0',
  'max-age',
  'MAX-AGE=60',
  'max-age =60',
  'max-age=60,',
  'max-age=60 public',
  'public, &',
])('is as if it were not there: %j', (value) => expect(parseTargetedCacheControl(value)).toBeUndefined());
