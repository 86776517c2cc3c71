import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ConfigError, loadConfig } from './index.js';

describe('redis.url', () => {
  let cwd: string;
  beforeEach(async () => void (cwd = await mkdtemp(join(tmpdir(), 'config-'))));
  afterEach(() => rm(cwd, { recursive: true }));

  const load = (url: string, service: 'gateway' | 'standalone' = 'gateway') =>
    loadConfig({ service, env: { REDIS_URL: url }, cwd });
  const mistakeOf = async (url: string): Promise<string> => {
    const error = await load(url).catch((thrown: unknown) => thrown);
    return error instanceof ConfigError ? error.mistakes.join('\n') : expect.fail(`${url} was accepted`);
  };

  it.each([
    'redis://127.0.0.1',
    'redis://127.0.0.1:6379/15',
    'rediss://me:p%40ss@redis.example:6380/1',
    'redis://:secret@[::1]:6379',
    'redis+cluster://a:7000,b:7001',
    'redis+cluster://a,b,c',
    'redis+cluster://[fd00::1]:7000,[fd00::2]:7000',
    'rediss+cluster://me:p%40ss@a:7000,b:7001,c:7002/0',
    'REDISS+CLUSTER://a:7000,b:7001',
  ])('accepts %s', async (url) => expect((await load(url)).redis.url).toBe(url));

  it.each([
    'redis://',
    'redis://a:1,b:2',
    'redis://host:port',
    'redis://host:0',
    'redis://host:65536',
    'redis://::1',
    'redis+cluster://a:1,,b:2',
    'redis+cluster://a/2',
    'redis://u:%zz@host',
    'redis://host?db=1',
    'valkey://host',
    'memory:x',
    'MEMORY:',
  ])('refuses %s, and says what a Redis URL looks like', async (url) =>
    expect(await mistakeOf(url)).toContain('redis.url (REDIS_URL): must be memory:, or redis://'),
  );

  it.each([
    'redis+sentinel://a:26379,b:26379/main',
    'rediss+sentinel://a',
    'sentinel://a',
    'redis+unix:///run/redis.sock',
    'unix:///run/redis.sock',
  ])('says of %s that it is not supported, and what is instead', async (url) =>
    expect(await mistakeOf(url)).toMatch(/is not supported; .*redis\+cluster:\/\//),
  );

  it('never repeats a password', async () =>
    expect(await mistakeOf('redis://user:hunter2@host:port')).not.toContain('hunter2'));
});
