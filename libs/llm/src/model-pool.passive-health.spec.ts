import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Receiver } from '@slipstream/http';
import { load, closeAll, hangingUrl, newPool, newServer, refusingUrl } from './testing/model-pools.js';
import { beginStream, errorOf, textEvent, type Script } from './testing/scripted-model-server.js';

afterEach(closeAll);

type Pool = ReturnType<typeof newPool>;
const isAnswered = (pool: Pool, model = 'm'): Promise<boolean> =>
  load(pool, { model }).then(
    () => true,
    () => false,
  );
const states = (pool: Pool) => pool.backends().map(({ state }) => state);

async function answeredOf(pool: Pool, calls: number, atATime: number): Promise<number> {
  let answered = 0;
  for (let i = 0; i < calls; i += atATime)
    for (const is of await Promise.all(Array.from({ length: atATime }, () => isAnswered(pool)))) answered += Number(is);
  return answered;
}

const breaks: Script = (response) => void response.destroy();
const breaksWithin: Script = (response) =>
  void beginStream(response).write(textEvent('half'), () => response.destroy());

describe('a model server among healthy ones', () => {
  it.each<[string, Script]>([
    ['answers 500', errorOf(500, 'x')],
    ['answers 401', errorOf(401, 'bad key')],
    ['answers 403', errorOf(403, 'bad key')],
    ['answers 404 for a model that it lists', errorOf(404, 'no such model')],
    ['answers 429', errorOf(429, 'slow down')],
    ['breaks off before its answer', breaks],
  ])('that %s at once gets a handful of calls, and clients get their answers elsewhere', async (_, script) => {
    const [bad, good] = [await newServer(script), await newServer()];
    const whole = good.script;
    good.script = (response, call) => void setImmediate(() => whole(response, call)); // slower than the one that fails
    const pool = newPool([bad, good]);
    expect(await answeredOf(pool, 100, 4)).toBe(100);
    expect(bad.calls.length).toBeLessThan(15);
    expect(pool.backends()[1]?.retries).toBe(bad.calls.length);
  });

  it.each<[string, Script]>([
    ['breaks off within its answers', breaksWithin],
    ['sends no first token', (response) => void beginStream(response).flushHeaders()],
    ['begins no answer', () => {}],
    ['falls silent', (response) => void beginStream(response).write(textEvent('half'))],
  ])('that %s is ejected', async (_, script) => {
    const [bad, good] = [await newServer(script), await newServer()];
    const pool = newPool([bad, good], { firstTokenTimeoutMs: 100, stallTimeoutMs: 100 });
    await vi.waitFor(
      async () => {
        await answeredOf(pool, 4, 4);
        expect(states(pool)[0]).toBe('ejected');
      },
      { timeout: 20_000 },
    );
    expect(await answeredOf(pool, 8, 4)).toBe(8);
  });

  it('is not ejected for a client that leaves, nor for a request that is wrong', async () => {
    const [server, other] = [await newServer(errorOf(400, 'x')), await newServer(errorOf(400, 'x'))];
    const pool = newPool([server, other]);
    await answeredOf(pool, 40, 4);
    expect(states(pool)).toEqual(['unproven', 'unproven']);
    server.script = other.script = () => {};
    for (let i = 0; i < 12; i++) {
      const leaving = new AbortController();
      const called = Promise.race([server.called(), other.called()]);
      const asking = load(pool, { signal: leaving.signal }).catch(() => {});
      await called;
      leaving.abort();
      await asking;
    }
    expect(states(pool)).toEqual(['unproven', 'unproven']);
  });

  it('keeps its other models when it fails one of them', async () => {
    const failing: Script = (response, call) =>
      JSON.parse(call.body).model === 'a' ? errorOf(404, 'gone')(response, call) : whole(response, call);
    const [one, two] = [await newServer(undefined, ['a', 'b']), await newServer(undefined, ['a'])];
    const whole = one.script;
    one.script = failing;
    const pool = newPool([one, two]);
    for (let i = 0; i < 40; i++) expect(await isAnswered(pool, 'a')).toBe(true);
    expect(one.calls.length).toBeLessThan(15);
    for (let i = 0; i < 5; i++) expect(await isAnswered(pool, 'b')).toBe(true);
    expect(states(pool)).not.toContain('ejected');
  });
});

describe('the only model server', () => {
  it('is ejected after 32 of 32 calls with 500, and still gets calls: nobody else has its models', async () => {
    const server = await newServer(errorOf(500, 'out of memory'));
    const whole = (await newServer()).script;
    const pool = newPool([server]);
    expect(await answeredOf(pool, 32, 4)).toBe(0);
    expect(states(pool)).toEqual(['ejected']);
    await expect(load(pool)).rejects.toThrow('out of memory');
    server.script = whole;
    expect(await answeredOf(pool, 8, 4)).toBe(8);
  });

  it.each<[string, (server: Awaited<ReturnType<typeof newServer>>) => void]>([
    ['fails', (server) => (server.list = errorOf(500, 'x'))],
    ['is no list', (server) => (server.list = (response) => void response.end('<html>'))],
    ['does not come', (server) => (server.list = () => {})],
  ])('stays in use when its list of models %s', async (_, change) => {
    const server = await newServer();
    const pool = newPool([server]);
    await pool.models();
    change(server);
    pool.start();
    await vi.waitFor(() => expect(states(pool)).toEqual(['unhealthy']), { timeout: 20_000 });
    expect(await answeredOf(pool, 4, 1)).toBe(4);
  });

  it('is asked once more over a new connection when the one that was kept has closed', async () => {
    let calls = 0;
    const server = await newServer();
    const whole = server.script;
    server.script = (response, call) => ((calls += 1) === 1 ? void response.destroy() : whole(response, call));
    expect(await isAnswered(newPool([server]))).toBe(true);
  });
});

it.each([
  ['refuses connections', refusingUrl],
  ['takes connections and never answers', hangingUrl],
])('says 503 for the only server when it %s', async (_, url) => {
  const pool = newPool([{ url: await url() }]);
  const receiver = refusals();
  pool.forward({ model: 'm', path: '/chat/completions', headers: [], body: [], isStream: true, receiver });
  expect(await receiver.refused).toMatchObject({ code: 'no_healthy_backends' });
});

function refusals(): Receiver & { refused: Promise<unknown> } {
  const { promise, resolve } = Promise.withResolvers<unknown>();
  const unexpected = (): never => {
    throw new Error('there is an answer');
  };
  return {
    isGone: false,
    refused: promise,
    inform: unexpected,
    begin: unexpected,
    write: unexpected,
    flush: unexpected,
    end: unexpected,
    breakOff: unexpected,
    refuse: resolve,
  };
}
