import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { load, closeAll, hangingUrl, newPool, newServer, refusingUrl } from './testing/model-pools.js';
import { beginStream, errorOf, textEvent, type Script } from './testing/scripted-model-server.js';

beforeEach(() => void vi.clearAllMocks());
afterEach(closeAll);

describe('models', () => {
  it('lists each model once, in the order of the servers', async () => {
    const pool = newPool([await newServer(undefined, ['b', 'a']), await newServer(undefined, ['a', 'c'])]);
    expect(await pool.models()).toEqual(['b', 'a', 'c'].map((id) => ({ id, ownedBy: 'tests' })));
  });

  it('keeps the list of a server that has died, and answers from it', async () => {
    const server = await newServer(undefined, ['a']);
    const pool = newPool([server], { modelListTtlMs: 0 });
    await pool.models();
    await server.close();
    expect(await pool.models()).toEqual([{ id: 'a', ownedBy: 'tests' }]);
    await expect(pool.check()).rejects.toMatchObject({ code: 'no_healthy_backends' });
    expect(await pool.models()).toEqual([{ id: 'a', ownedBy: 'tests' }]);
  });

  it('waits for a server that hangs once, and for 3 s at most', async () => {
    const pool = newPool([{ url: await hangingUrl() }, await newServer(undefined, ['a'])]);
    expect(await pool.models()).toEqual([{ id: 'a', ownedBy: 'tests' }]);
    const startedAt = performance.now();
    await pool.models();
    expect(performance.now() - startedAt).toBeLessThan(2_000);
  });
});

describe('streamChat, of several servers', () => {
  it.each<[string, Script]>([
    ['fails', errorOf(500, 'x')],
    ['has too much to do', errorOf(429, 'x')],
    ['breaks off before its answer', (response) => void response.destroy()],
  ])('asks another server when one %s, each at most once', async (_, script) => {
    const [bad, good] = [await newServer(script), await newServer()];
    const pool = newPool([bad, good]);
    for (let i = 0; i < 4; i++) expect(await load(pool)).toEqual(['Hello', ' world']);
    expect(bad.calls.length).toBeGreaterThan(0);
    expect(good.calls).toHaveLength(4);
  });

  it('asks no other server once text has come', async () => {
    const half: Script = (response) => void beginStream(response).write(textEvent('half'), () => response.destroy());
    const servers = [await newServer(half), await newServer(half)];
    await expect(load(newPool(servers))).rejects.toMatchObject({ code: 'model_failed' });
    expect(servers.flatMap(({ calls }) => calls)).toHaveLength(1);
  });

  it('asks another server when one has died, and leaves that one alone from then on', async () => {
    const [dying, good] = [await newServer(), await newServer()];
    const pool = newPool([dying, good]);
    await pool.models();
    await dying.close();
    for (let i = 0; i < 4; i++) expect(await load(pool)).toEqual(['Hello', ' world']);
    expect(pool.backends().map(({ state }) => state)).toEqual(['unhealthy', 'unproven']);
  });

  it('says that nobody is there, retryably, when all servers have died', async () => {
    const server = await newServer();
    const pool = newPool([server]);
    await pool.models();
    await server.close();
    await expect(load(pool)).rejects.toMatchObject({ code: 'no_healthy_backends', isRetryable: true });
    await expect(load(pool)).rejects.toMatchObject({ code: 'no_healthy_backends', isRetryable: true });
  });

  it('says the same when no server has ever been there', async () => {
    const pool = newPool([{ url: await refusingUrl() }]);
    await expect(load(pool)).rejects.toMatchObject({ code: 'no_healthy_backends' });
    await expect(load(pool, { model: undefined })).rejects.toMatchObject({ code: 'no_healthy_backends' });
  });

  it('knows no model that no server has', async () => {
    const pool = newPool([await newServer()]);
    await expect(load(pool, { model: 'other' })).rejects.toMatchObject({ code: 'model_not_found', isRetryable: false });
  });

  it('asks only servers that have the model', async () => {
    const [one, two] = [await newServer(undefined, ['a', 'm']), await newServer(undefined, ['b'])];
    const pool = newPool([one, two]);
    for (let i = 0; i < 3; i++) await load(pool, { model: 'b' });
    expect([one.calls.length, two.calls.length]).toEqual([0, 3]);
  });
});

it('measures each call by how it ended', async () => {
  const metrics = { observe: vi.fn() };
  const server = await newServer();
  const pool = newPool([server], { metrics });
  await load(pool);
  server.script = errorOf(500, 'x');
  await expect(load(pool)).rejects.toThrow();
  server.script = (response) => void beginStream(response).write(textEvent('half'), () => response.destroy());
  await expect(load(pool)).rejects.toThrow();
  await vi.waitFor(() => expect(metrics.observe).toHaveBeenCalledTimes(4));
  expect(metrics.observe.mock.calls.map(([, operation, outcome]) => `${operation} ${outcome}`)).toEqual([
    'list_models ok',
    'generate ok',
    'generate error',
    'generate error',
  ]);
});

it('is well when one server is, and finds models by its health checks', async () => {
  const pool = newPool([{ url: await refusingUrl() }, await newServer()]);
  pool.start();
  await pool.check();
  await vi.waitFor(() => expect(pool.backends().map(({ state }) => state)).toEqual(['unhealthy', 'healthy']));
});
