import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, inject, it, vi } from 'vitest';
import { keys } from '../keys.js';
import { describeCache, gate } from '../testing/cache-contract.js';
import { startProcess, storedUsers, type Process } from '../testing/cache-process.js';

describeCache('redis', (options) => startProcess(inject('redisUrl'), options));

describe('redis: several processes', () => {
  let here: Process;
  let there: Process;
  let prefix: string;
  const key = keys.user('42');

  beforeEach(async () => {
    prefix = `test-cache[*]-${randomUUID()}:`;
    here = await startProcess(inject('redisUrl'), { prefix });
    there = await startProcess(inject('redisUrl'), { prefix });
  });

  afterEach(async () => {
    await Promise.all([here.close(), there.close()]);
  });

  const stored = () => storedUsers(there, prefix);
  const storedKey = async () => (await stored())[0] ?? expect.fail('nothing is stored');

  it('leaves no key of what was not found', async () => {
    await Promise.all(
      Array.from({ length: 500 }, (_, id) => here.manager.getOrLoad(keys.chat(String(id)), async () => undefined)),
    );
    const names = async () =>
      (await there.redis.commands.keys(`${prefix.replace(/[[\]*]/g, '\\$&')}*`)).filter((name) =>
        name.includes('{chat:'),
      );
    await vi.waitFor(async () => expect(await names()).toEqual([]));
  });

  it('is really in Redis: encoded by us, with a TTL a little below the one asked for', async () => {
    await here.manager.getOrLoad(key, async () => ({ name: 'Ada' }));
    const name = await storedKey();
    const { commands } = there.redis;
    expect(name).toMatch(/\[\*\]-.*:[-\w]{36}:\{user:42\}$/);
    expect(await commands.get(name)).toMatch(/^"\d+ \[\]\\n3:[0-9a-z]{8},[0-9a-z]+,0,0:\{\\"name\\":\\"Ada\\"\}"$/);
    expect(await commands.pttl(name)).toBeLessThanOrEqual(3_600_000);
    expect(await commands.pttl(name)).toBeGreaterThan(3_200_000);
    expect(await there.manager.get(key)).toEqual({ name: 'Ada' });
    await there.invalidator.user('42');
    expect(await stored()).toEqual([]);
    expect(await here.manager.get(key)).toBeUndefined();
  });

  it('never stores what a load found that began before another process invalidated', async () => {
    const answer = gate<string>();
    const began = gate();
    const early = here.manager.getOrLoad(key, () => (began.resolve(), answer.promise));
    const joiner = here.manager.getOrLoad(key, async () => 'new');
    await began.promise;
    await there.invalidator.user('42');
    answer.resolve('old');
    expect(await early).toBe('old');
    expect(await joiner).toBe('new'); // it may have asked after the invalidation
    expect(await there.manager.getOrLoad(key, async () => 'unused')).toBe('new');
  });

  it('keeps what two processes load at the same time', async () => {
    const answer = gate<string>();
    const both = [here, there].map(({ manager }) => manager.getOrLoad(key, () => answer.promise));
    answer.resolve('same');
    await Promise.all(both);
    expect(await stored()).toHaveLength(1);
  });

  it.each([
    ['text', 'garbage'],
    ['JSON of a stranger', '{"a":1}'],
    ['code', '"_function_x|(() => { globalThis.poisoned = true; })()"'],
    ['a broken class', '{"_constructor-name_":"if"}'],
    ['our mark and no JSON', '"2:zzzzzzzz,0,0:{"'],
    ['an empty text', ''],
  ])('drops and reloads %s', async (_, poison) => {
    await here.manager.set(key, 'good');
    await there.redis.commands.set(await storedKey(), poison);
    expect(await here.manager.get(key)).toBeUndefined();
    expect(await here.manager.getOrLoad(key, async () => 'again')).toBe('again');
    expect(await there.manager.get(key)).toBe('again');
    expect(globalThis).not.toHaveProperty('poisoned');
  });

  it('drops and reloads a value of another type', async () => {
    await here.manager.set(key, 'good');
    const name = await storedKey();
    await there.redis.commands.del(name);
    await there.redis.commands.lpush(name, 'list');
    expect(await here.manager.getOrLoad(key, async () => 'again')).toBe('again');
    expect(await there.manager.get(key)).toBe('again');
  });
});
