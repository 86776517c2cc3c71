import { randomUUID } from 'node:crypto';
import { RedisConnections, type PurgeEpoch } from '@slipstream/redis';
import { afterEach, beforeEach, describe, expect, inject, it, vi } from 'vitest';
import { RecordTransfer } from './record-transfer.js';

const logger = { debug: vi.fn(), info: vi.fn(), warn: vi.fn() };
const EPOCH = {} as PurgeEpoch;

describe('RecordTransfer', () => {
  const prefix = `test-record-transfer-${randomUUID()}:`;
  const operations: string[] = [];
  const follow = vi.fn(async (epoch: PurgeEpoch) => epoch === EPOCH);
  let redis: RedisConnections;
  let transfer: RecordTransfer;

  beforeEach(async () => {
    redis = new RedisConnections({
      url: inject('redisUrl'),
      logger,
      observe: (operation, outcome) => operations.push(`${operation} ${outcome}`),
    });
    transfer = new RecordTransfer(redis, follow);
    await vi.waitFor(() => expect(redis.isReady).toBe(true));
    operations.length = 0;
    follow.mockClear();
  });
  afterEach(() => redis.close());

  const write = (name: string, bytes: Buffer) => transfer.write({ name: prefix + name, bytes, ttlMs: 60_000 });
  const read = async (name: string, epoch = EPOCH) => (await transfer.read(epoch, prefix + name)).bytes?.toString();

  it('sends what is asked within one turn as one command', async () => {
    await Promise.all(['a', 'b', 'c'].map((name) => write(name, Buffer.from(`record ${name}`))));
    expect(await Promise.all(['a', 'none', 'c'].map((name) => read(name)))).toEqual([
      'record a',
      undefined,
      'record c',
    ]);
    expect([operations, follow.mock.calls.length]).toEqual([['http-cache.put ok', 'http-cache.get ok'], 1]);
    expect(await redis.commands.pttl(`${prefix}b`)).toBeGreaterThan(0);
  });

  it('keeps the order of what concerns one record', async () => {
    const large = Buffer.alloc(100_000, 'x');
    await Promise.all([write('a', Buffer.from('old')), write('a', large)]);
    expect(await read('a')).toBe(large.toString());
    await Promise.all([write('a', Buffer.from('new')), write('b', Buffer.from('b')), transfer.delete(`${prefix}a`)]);
    expect([await read('a'), await read('b')]).toEqual([undefined, 'b']);
  });

  it('follows the purges of each epoch that it reads for', async () => {
    const another = {} as PurgeEpoch;
    const [one, other] = await Promise.all([transfer.read(EPOCH, `${prefix}x`), transfer.read(another, `${prefix}x`)]);
    expect([one.isUsable, other.isUsable, follow.mock.calls.length]).toEqual([true, false, 2]);
  });
});
