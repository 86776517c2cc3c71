import { describe, expect, it } from 'vitest';
import { recordOf } from '../testing/records.js';
import { decodeRecord, encodeRecord } from './record-codec.js';

const purgePoint = { epoch: 'one', purges: 7 };
const record = recordOf('http://chat/a', {
  tags: ['é', 'chat:42'],
  headers: ['X-Latin', '\xe9\t'],
  originTag: '"1"',
  body: Buffer.from([0, 255, 1]),
});
const bytes = encodeRecord({ record, purgePoint });

/** As encodeRecord writes, with something changed in what is JSON. */
function altered(change: (meta: Record<string, unknown>) => void): Buffer {
  const end = 9 + bytes.readUInt32BE(5);
  const meta = JSON.parse(bytes.toString('utf8', 9, end)) as Record<string, unknown>;
  change(meta);
  const text = Buffer.from(JSON.stringify(meta));
  const length = Buffer.alloc(4);
  length.writeUInt32BE(text.length);
  return Buffer.concat([bytes.subarray(0, 5), length, text, bytes.subarray(end)]);
}
const head = (change: Record<string, unknown>) => altered((meta) => Object.assign(meta.head as object, change));

describe('a record in the shared store', () => {
  it('comes back as it was', () => {
    expect(decodeRecord(bytes)).toEqual({ record, purgePoint });
    const vary = { ...record, value: { type: 'vary' as const, names: ['accept'] } };
    expect(decodeRecord(encodeRecord({ record: vary, purgePoint }))).toEqual({ record: vary, purgePoint });
    // so that what is refused below is refused for its change
    expect(decodeRecord(altered(() => {}))).toEqual({ record, purgePoint });
  });

  it.each([
    ['nothing', Buffer.alloc(0)],
    ['another version', Buffer.concat([Buffer.from('SLHC\x01', 'latin1'), bytes.subarray(5)])],
    ['one cut short', bytes.subarray(0, -1)],
    ['one cut in its head', bytes.subarray(0, 40)],
    ['one with more behind it', Buffer.concat([bytes, Buffer.from('x')])],
    ['no JSON', Buffer.concat([bytes.subarray(0, 5), Buffer.from([0, 0, 0, 1]), Buffer.from('{')])],
    ['JSON that is no object', Buffer.concat([bytes.subarray(0, 5), Buffer.from([0, 0, 0, 4]), Buffer.from('null')])],
    ['no moment', altered((meta) => delete meta.purgePoint)],
    ['neither answer nor names', altered((meta) => delete meta.head)],
    ['tags that are no texts', altered((meta) => (meta.tags = [1]))],
    ['a status that is none', head({ statusCode: 100 })],
    ['a status that is no number', head({ statusCode: '200' })],
    ['times that are none', head({ freshUntil: null })],
    ['flags that are none', head({ allowsCookie: 'yes' })],
    ['fields that would end the head', head({ headers: ['X', 'a\r\nSet-Cookie: evil'] })],
    ['a tag that would end the head', head({ originTag: '"a\r\nSet-Cookie: evil"' })],
    ['a name that is none', head({ headers: ['X Y', 'a'] })],
    ['a name without a value', head({ headers: ['X'] })],
    ['a value that is no Latin-1', head({ headers: ['X', '\u0100'] })],
  ])('is not: %s', (_, foreign) => expect(decodeRecord(foreign)).toBeUndefined());
});
