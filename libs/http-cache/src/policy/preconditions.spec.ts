import { describe, expect, it } from 'vitest';
import { fieldsOf } from '../fields/fields.js';
import {
  isConditional,
  isNotModified,
  rangeCounts,
  unconditional,
  validating,
  validatorsAgree,
} from './preconditions.js';

const EARLIER = 'Sun, 06 Nov 1994 08:49:36 GMT';
const MODIFIED = 'Sun, 06 Nov 1994 08:49:37 GMT';
const fields = (...headers: string[]) => fieldsOf(headers);

describe('If-Modified-Since (RFC 9110 section 13.1.3)', () => {
  const isKnown = (since: string, ...answer: string[]): boolean =>
    isNotModified(fields('If-Modified-Since', since), fields(...answer), Date.now());

  it.each([
    [MODIFIED, ['Last-Modified', MODIFIED], true],
    [MODIFIED, ['Last-Modified', EARLIER], true],
    [EARLIER, ['Last-Modified', MODIFIED], false],
    [MODIFIED, ['Date', EARLIER], true], // RFC 9111 section 4.3.2
    [MODIFIED, [], false],
    ['nonsense', ['Last-Modified', EARLIER], false],
  ])('%s of %j: %s', (since, answer, isSame) => expect(isKnown(since, ...answer)).toBe(isSame));
});

it('knows what makes a request conditional', () =>
  expect(
    [fields('If-None-Match', '*'), fields('If-Modified-Since', 'x'), fields('Range', 'x')].map(isConditional),
  ).toEqual([true, true, false]));

it('lets a range count without If-Range', () => expect(rangeCounts(fields('Range', 'bytes=0-1'), fields())).toBe(true));

it('asks for the whole, without the client’s conditions', () => {
  expect(
    unconditional(['If-None-Match', '"1"', 'Accept', 'a', 'if-modified-since', 'x', 'Range', 'y', 'If-Range', 'z']),
  ).toEqual(['Accept', 'a']);
});

it('asks whether what is stored is still good (RFC 9111 section 4.3.1)', () => {
  expect(
    validating(['If-None-Match', '"client"', 'Accept', 'a'], { headers: ['ETag', '"1"', 'Last-Modified', MODIFIED] }),
  ).toEqual(['Accept', 'a', 'If-None-Match', '"1"', 'If-Modified-Since', MODIFIED]);
  expect(validating(['Accept', 'a'], { headers: [] })).toEqual(['Accept', 'a']);
});

it.each([
  [['ETag', '"1"'], ['ETag', '"1"'], true],
  [['ETag', '"1"'], ['ETag', 'W/"1"'], true],
  [['ETag', '"1"'], ['ETag', '"2"'], false],
  [['ETag', '"1"'], [], true],
  [['Last-Modified', MODIFIED], ['Last-Modified', MODIFIED], true],
  [['Last-Modified', MODIFIED], ['Last-Modified', EARLIER], false],
  [['ETag', '"1"', 'Last-Modified', MODIFIED], ['ETag', '"1"', 'Last-Modified', EARLIER], true],
])('takes a 304 to be about what is stored (%j, %j): %s (RFC 9111 section 4.3.4)', (headers, renewed, isAbout) =>
  expect(validatorsAgree({ headers }, fields(...renewed))).toBe(isAbout),
);
