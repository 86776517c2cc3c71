import { describe, expect, it } from 'vitest';
import { variantKey } from '../policy/cache-key.js';
import type { StoredResponse } from '../policy/stored-response.js';
import { recordOf } from '../testing/records.js';
import type { AnswerClients } from './answer-improver.port.js';
import type { CacheRecord } from './cache-record.js';
import { ImprovedAnswers } from './improved-answers.js';

const URL = 'http://chat/a';
const KEY = variantKey(URL, 'accept:x\naccept-encoding:br, gzip\n');
const SMALL = Buffer.from('small');

function improvement(record: CacheRecord, current: () => CacheRecord | undefined = () => record) {
  const original: AnswerClients[] = [];
  const replaced: CacheRecord[] = [];
  const improve = (response: StoredResponse, _url: string, clients: AnswerClients) => {
    original.push(clients);
    return Promise.resolve({ ...response, body: SMALL });
  };
  new ImprovedAnswers({ improve }, current).improve(record, (better) => replaced.push(better));
  return { original, replaced };
}

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('a stored answer', () => {
  const record = recordOf(URL, { key: KEY, primary: URL });
  const changed = (over: Partial<StoredResponse>) => recordOf(URL, { key: KEY, primary: URL, ...over });

  it('is replaced by a better one for the clients of its key', async () => {
    const { original, replaced } = improvement(record);
    await settled();
    expect(original).toEqual([{ acceptEncoding: 'br, gzip' }]);
    expect(replaced).toMatchObject([{ key: KEY, value: { response: { body: SMALL } } }]);
  });

  it.each([
    ['was purged', undefined],
    ['was fetched again', changed({ answeredAt: 1 })],
    ['was made stale', changed({ freshUntil: 1 })],
  ])('is left alone if it %s meanwhile', async (_, current) => {
    const { replaced } = improvement(record, () => current);
    await settled();
    expect(replaced).toEqual([]);
  });

  it.each([
    ['is one partition’s', recordOf(URL, { key: variantKey(`p ${URL}`, 'accept-encoding:br\n'), primary: `p ${URL}` })],
    ['does not vary by coding', recordOf(URL, { key: variantKey(URL, 'accept:br\n'), primary: URL })],
    ['does not vary', recordOf(URL)],
    [
      'is for clients that send no Accept-Encoding',
      recordOf(URL, { key: variantKey(URL, 'accept-encoding\n'), primary: URL }),
    ],
  ])('is no candidate if it %s', (_, other) => expect(improvement(other).original).toEqual([]));
});
