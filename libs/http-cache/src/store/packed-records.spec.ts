import { describe, expect, it } from 'vitest';
import { recordOf } from '../testing/records.js';
import type { CacheRecord } from './cache-record.js';
import { PackedRecords } from './packed-records.js';

const URL = 'http://chat/a';
const vary: CacheRecord = { ...recordOf(URL), value: { type: 'vary', names: ['accept', 'x-tenant'] } };

describe('PackedRecords', () => {
  it.each<[string, CacheRecord]>([
    ['an answer', recordOf(URL, { statusCode: 404, body: Buffer.from('not here'), initialAgeMs: 1.5 })],
    ['an empty answer', recordOf(URL, { statusCode: 204, body: Buffer.alloc(0), headers: [] })],
    ['another user', recordOf(URL, { key: `7 ${URL}`, tags: ['user:漢\n"é', 'chat:42'], allowsCookie: false })],
    ['long names', recordOf(`${URL}?${'x'.repeat(3_000)}`, { key: 'k', tags: ['t'.repeat(9_000)] })],
    ['raw bytes', recordOf(URL, { headers: ['X', 'caf\u00e9'], body: Buffer.from([0, 255, 10, 13]) })],
    ['large headers', recordOf(URL, { headers: ['X', 'x'.repeat(100_000)], needsValidation: true })],
    ['a large body', recordOf(URL, { body: Buffer.alloc(300_000, 'x'), mayBeStale: false })],
    ['a tag of the content', recordOf(URL, { originTag: 'W/"\u{e9}1"' })],
    ['a way to variants', vary],
  ])('returns %s as it was put', (_, record) => {
    const records = new PackedRecords();
    records.put(recordOf('http://chat/other', { body: Buffer.alloc(5_000, 'o') }));
    const { at } = records.put(record);
    const { key, primary, url, tags } = record;
    expect(records.get(key, at)).toEqual(record);
    expect(records.namesOf(key, at)).toEqual({ key, primary, url, tags });
  });

  it('keeps a large body as it is, and returns it when its record goes', () => {
    const records = new PackedRecords();
    const body = Buffer.alloc(20_000);
    const { at } = records.put(recordOf(URL, { body }));
    const value = records.get(URL, at).value;
    expect(value.type === 'response' && value.response.body).toBe(body);
    expect(records.delete(at)).toBe(body);
    expect(records.delete(records.put(recordOf(URL)).at)).toBeUndefined();
  });
});
