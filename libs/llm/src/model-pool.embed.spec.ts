import { afterEach, expect, it } from 'vitest';
import { closeAll, newPool, newServer, refusingUrl } from './testing/model-pools.js';
import { errorOf, type Script } from './testing/scripted-model-server.js';

afterEach(closeAll);

const json =
  (body: unknown): Script =>
  (response) =>
    void response
      .writeHead(200, { 'content-type': 'application/json' })
      .end(typeof body === 'string' ? body : JSON.stringify(body));
const data = (...vectors: unknown[]) => ({ data: vectors.map((embedding, index) => ({ index, embedding })) });
const { signal } = new AbortController();
const CALL = { model: 'm', texts: ['a', 'b'], signal };

it('embeds texts in one call, in their order', async () => {
  const server = await newServer(json({ data: data([1, 0], [0.5, 0]).data.toReversed() }));
  expect(await newPool([server]).embed(CALL)).toEqual([Float32Array.of(1, 0), Float32Array.of(0.5, 0)]);
  expect(server.calls).toMatchObject([{ url: '/v1/embeddings' }]);
  expect(JSON.parse(server.calls[0]!.body)).toEqual({ model: 'm', input: ['a', 'b'], encoding_format: 'float' });
});

it('embeds by another server when one fails', async () => {
  const [bad, good] = [await newServer(errorOf(500, 'no')), await newServer(json(data([1], [2])))];
  const pool = newPool([bad, good]);
  for (let call = 0; call < 4; call += 1) expect(await pool.embed(CALL)).toHaveLength(2);
});

it.each([
  ['NaN', '{"data":[{"embedding":[1]},{"embedding":[NaN]}]}', 'vectors of numbers'],
  ['null for a number', data([1], [null]), 'vectors of numbers'],
  ['a number beyond 32 bits', data([1], [1e300]), 'too large'],
  ['vectors of several lengths', data([1], [1, 2]), 'several lengths'],
  ['an empty vector', data([], []), 'vectors of numbers'],
  ['a vector too few', data([1]), '1 vectors for 2 texts'],
  ['no JSON', '<html>', 'vectors of numbers'],
])('refuses %s, as an error that may pass', async (_, body, message) => {
  const pool = newPool([await newServer(json(body))]);
  await expect(pool.embed(CALL)).rejects.toMatchObject({
    code: 'model_failed',
    isRetryable: true,
    message: expect.stringContaining(message),
  });
});

it('refuses an answer that breaks off', async () => {
  const server = await newServer((response) => {
    response.writeHead(200, { 'content-length': '100' }).write('{');
    response.destroy();
  });
  await expect(newPool([server]).embed(CALL)).rejects.toMatchObject({ code: 'model_failed' });
});

it.each([
  [400, 'model_rejected', false],
  [429, 'model_rate_limited', true],
  [500, 'model_failed', true],
])('says what status %i means', async (status, code, isRetryable) => {
  const pool = newPool([await newServer(errorOf(status, 'no'))]);
  await expect(pool.embed(CALL)).rejects.toMatchObject({ code, isRetryable });
});

it('says that no server can be reached', async () => {
  const pool = newPool([{ url: await refusingUrl() }]);
  await expect(pool.embed(CALL)).rejects.toMatchObject({ code: 'no_healthy_backends' });
});

it('ends when the caller aborts, at the server too', async () => {
  const server = await newServer(() => undefined);
  const abort = new AbortController();
  const call = newPool([server]).embed({ ...CALL, signal: abort.signal });
  await server.called();
  const left = server.callerLeft();
  abort.abort(new Error('stop'));
  await expect(call).rejects.toThrow('stop');
  await left;
});
