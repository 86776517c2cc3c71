import { expect, it } from 'vitest';
import { fieldsOf } from '../fields/fields.js';
import { responseOf } from '../testing/records.js';
import { requestOf } from '../testing/requests.js';
import type { CacheRequest } from './cache-request.js';
import { responseDirectives } from './response-directives.js';
import type { RequestedPart } from './stored-response.js';
import { isUseless, reasonNotToStore } from './storability.js';

function reason(
  answer: Record<string, string>,
  headers: Record<string, string> = {},
  {
    statusCode = 200,
    requestedPart = 'whole',
    ...over
  }: Partial<CacheRequest> & { statusCode?: number; requestedPart?: RequestedPart } = {},
) {
  const request = requestOf(headers, over);
  const fields = fieldsOf(Object.entries(answer).flat());
  return reasonNotToStore(request, { statusCode, fields, directives: responseDirectives(fields), requestedPart });
}
const fresh = (more = ''): Record<string, string> => ({ 'Cache-Control': `max-age=60${more}` });

it.each([
  ['what says how long it is fresh', fresh(), {}, {}, undefined],
  ['what can be validated', { ETag: '"1"' }, {}, {}, undefined],
  ['what can be validated by its date', { 'Last-Modified': 'x' }, {}, {}, undefined],
  ['what can be neither', {}, {}, {}, 'no-freshness'],
  [
    'an error that can be neither, whatever a rule says',
    {},
    {},
    { statusCode: 500, rule: { scope: 'public', ttlMs: 1 } },
    'no-freshness',
  ],
  ['what says by a date', { Expires: '0' }, {}, {}, undefined],
  ['an error that says how long', fresh(), {}, { statusCode: 503 }, undefined],
  ['an unknown status that says how long', fresh(), {}, { statusCode: 599 }, undefined],
  [
    'an unknown status that must be understood (section 5.2.2.3)',
    fresh(', must-understand'),
    {},
    { statusCode: 599 },
    'must-understand',
  ],
  ['a known one that must be, in place of no-store', fresh(', must-understand, no-store'), {}, {}, undefined],
  ['a part', fresh(), {}, { statusCode: 206 }, 'status'],
  ['a 304', fresh(), {}, { statusCode: 304 }, 'status'],
  ['a 200 that is a part', { ...fresh(), 'Content-Range': 'bytes 0-1/9' }, {}, { requestedPart: 'range' }, 'partial'],
  ['several parts in a 200', { ...fresh(), 'Content-Type': 'multipart/byteranges; boundary=x' }, {}, {}, 'partial'],
  ['anything that a range was asked for', fresh(), {}, { requestedPart: 'range', statusCode: 404 }, 'partial'],
  ['a success that a condition was sent with', fresh(), {}, { requestedPart: 'condition' }, undefined],
  [
    'an error that a condition was sent with',
    fresh(),
    {},
    { requestedPart: 'condition', statusCode: 404 },
    'condition',
  ],
  ['no-store', fresh(', no-store'), {}, {}, 'no-store'],
  ['no-store, whatever a rule says', fresh(', no-store'), {}, { rule: { scope: 'public', ttlMs: 1 } }, 'no-store'],
  ['no-store of the client', fresh(), { 'cache-control': 'no-store' }, {}, 'request-no-store'],
  ['what sets a cookie', { ...fresh(), 'Set-Cookie': 'a' }, {}, { rule: { scope: 'public' } }, 'set-cookie'],
  ['private', fresh(', private'), {}, {}, 'private'],
  ['private, against a public rule', fresh(', private'), {}, { rule: { scope: 'public' } }, 'private'],
  ['private, for one partition', fresh(', private'), {}, { rule: { scope: 'private' }, partition: 'ada' }, undefined],
  ['a private rule without a partition', fresh(), {}, { rule: { scope: 'private' } }, 'no-partition'],
  ['what varies on all', { ...fresh(), Vary: '*' }, {}, {}, 'vary'],
  ['what answers Authorization (section 3.5)', fresh(), { authorization: 'a' }, {}, 'authorization'],
  ['that, with must-revalidate', fresh(', must-revalidate'), { authorization: 'a' }, {}, undefined],
  ['that, with s-maxage', fresh(', s-maxage=1'), { authorization: 'a' }, {}, undefined],
  ['that, with public', fresh(', public'), { authorization: 'a' }, {}, undefined],
  ['what answers a cookie', fresh(', must-revalidate'), { cookie: 'a' }, {}, 'credential'],
  ['that, with public', fresh(', public'), { cookie: 'a' }, {}, undefined],
  ['that, by a rule', {}, { cookie: 'a' }, { rule: { scope: 'public', ttlMs: 1 } }, undefined],
] as const)('stores or not (RFC 9111 section 3): %s', (_, answer, headers, over, expected) =>
  expect(reason(answer, headers, over)).toBe(expected),
);

it.each([406, 408, 411, 412, 413, 415, 416, 417, 421, 425, 426, 428, 429, 431])(
  'does not store a %d, which answers how the request was made, whatever it says',
  (statusCode) => {
    expect(reason({ ...fresh(), ETag: '"1"' }, {}, { statusCode, rule: { scope: 'public', ttlMs: 1 } })).toBe('status');
  },
);

it('keeps nothing that could neither be given nor be validated', () => {
  const [stale, validator] = [responseOf({ answeredAt: 1, freshUntil: 1 }), fieldsOf(['ETag', '"1"'])];
  expect([isUseless(stale, fieldsOf([])), isUseless(stale, validator), isUseless(responseOf(), fieldsOf([]))]).toEqual([
    true,
    false,
    false,
  ]);
});
