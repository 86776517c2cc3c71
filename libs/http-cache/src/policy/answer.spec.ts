import { describe, expect, it } from 'vitest';
import { responseOf } from '../testing/records.js';
import { requestOf } from '../testing/requests.js';
import { answerFrom, gatewayTimeout, isKnownToClient } from './answer.js';
import { headersOf304 } from './selected-part.js';
import { fieldsOf } from '../fields/fields.js';
import type { CacheRequest } from './cache-request.js';

const MODIFIED = 'Sun, 06 Nov 1994 08:49:37 GMT';
const stored = responseOf({
  headers: ['Content-Type', 'text/plain', 'ETag', '"1"', 'Last-Modified', MODIFIED, 'Content-Length', '10'],
  body: Buffer.from('0123456789'),
});

function answer(headers: Record<string, string> = {}, over: Partial<CacheRequest> = {}, response = stored) {
  const {
    statusCode,
    headers: raw,
    body,
  } = answerFrom(response, requestOf(headers, over), { type: 'hit', ttlSeconds: 50 }, response.answeredAt + 10_500);
  return { statusCode, fields: fieldsOf(raw), text: body?.toString() };
}

describe('an answer from the store (RFC 9111 section 4)', () => {
  it('is whole, and says its age and where it comes from', () => {
    const { statusCode, fields, text } = answer();
    expect([
      statusCode,
      text,
      fields.get('age'),
      fields.get('cache-status'),
      fields.get('content-length'),
      fields.get('etag'),
    ]).toEqual([200, '0123456789', '10', 'slipstream; hit; ttl=50', '10', '"1"']);
  });

  it('leaves what is stored as it is', () => {
    answer();
    expect(stored.headers).toHaveLength(8);
  });

  it('has no body for HEAD, but its length', () =>
    expect(answer({}, { method: 'HEAD' })).toMatchObject({ statusCode: 200, text: undefined }));

  it.each([
    [{ 'if-none-match': '"0", W/"1"' }, 304],
    [{ 'if-none-match': '"0"' }, 200],
    [{ 'if-none-match': '"0"', 'if-modified-since': MODIFIED }, 200], // If-None-Match decides (RFC 9110 section 13.2.2)
    [{ 'if-modified-since': MODIFIED }, 304],
  ])('to %j is %d', (headers, statusCode) => expect(answer(headers).statusCode).toBe(statusCode));

  it('is a 304 without what describes content (RFC 9110 section 15.4.5)', () => {
    const { fields, text } = answer({ 'if-none-match': '*' });
    expect([
      text,
      fields.get('etag'),
      fields.has('content-type'),
      fields.has('content-length'),
      fields.get('age'),
    ]).toEqual([undefined, '"1"', false, false, '10']);
  });

  it.each([
    [{ range: 'bytes=2-4' }, 206, '234', 'bytes 2-4/10'],
    [{ range: 'bytes=-3' }, 206, '789', 'bytes 7-9/10'],
    [{ range: 'bytes=2-4', 'if-range': '"1"' }, 206, '234', 'bytes 2-4/10'],
    [{ range: 'bytes=2-4', 'if-range': 'W/"1"' }, 200, '0123456789', undefined],
    [{ range: 'bytes=2-4', 'if-range': '"0"' }, 200, '0123456789', undefined],
    [{ range: 'bytes=2-4', 'if-range': MODIFIED }, 206, '234', 'bytes 2-4/10'],
    [{ range: 'bytes=0-1,3-4' }, 200, '0123456789', undefined],
    [{ range: 'bytes=10-' }, 416, undefined, 'bytes */10'],
  ])('to %j is %d (RFC 9110 section 14)', (headers, statusCode, text, range) => {
    const given = answer(headers);
    expect([given.statusCode, given.text, given.fields.get('content-range')]).toEqual([statusCode, text, range]);
    expect(given.fields.get('content-length')).toBe(String(text?.length ?? 0));
  });

  it('ignores conditions without a 200, and ranges of HEAD', () => {
    expect(answer({ 'if-none-match': '"1"', range: 'bytes=0-1' }, {}, { ...stored, statusCode: 404 }).statusCode).toBe(
      404,
    );
    expect(answer({ range: 'bytes=0-1' }, { method: 'HEAD' }).statusCode).toBe(200);
  });
});

it('says that there is none (RFC 9111 section 5.2.1.7)', () =>
  expect(gatewayTimeout()).toMatchObject({
    statusCode: 504,
    headers: expect.arrayContaining(['slipstream; detail=only-if-cached']),
  }));

it('knows an answer that the client holds already', () => {
  const known = (headers: Record<string, string>, statusCode = 200) =>
    isKnownToClient(requestOf(headers).fields, statusCode, stored.headers, stored.answeredAt);
  expect([
    known({ 'if-none-match': '"1"' }),
    known({ 'if-none-match': '"2"' }),
    known({}),
    known({ 'if-none-match': '"1"' }, 404),
    known({ range: 'bytes=0-1' }),
  ]).toEqual([true, false, false, false, false]);
});

it('leaves Content-Location in a 304', () =>
  expect(headersOf304(['Content-Location', '/a', 'Content-Encoding', 'br'])).toEqual(['Content-Location', '/a']));
