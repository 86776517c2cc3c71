import { expect, it, vi } from 'vitest';
import { CachedEmbedder, type EmbeddingCache } from './cached.embedder.js';
import { ModelEmbedder, type EmbeddingServer, type PurposeMark } from './model.embedder.js';

/** A server whose vectors begin with the length of their text. */
function newServer(dimensions = 3) {
  const embed = vi.fn<EmbeddingServer['embed']>(async ({ texts }) =>
    texts.map((text) => Float32Array.from({ length: dimensions }, (_, index) => (index === 0 ? text.length : 0))),
  );
  return { embed };
}

function newCache(): EmbeddingCache & { stored: Map<string, Float32Array> } {
  const stored = new Map<string, Float32Array>();
  return {
    stored,
    find: async (keys) => new Map([...stored].filter(([key]) => keys.includes(key))),
    put: async (vectors) => vectors.forEach((vector, key) => stored.set(key, vector)),
  };
}

const embedderOn = (server: EmbeddingServer, purpose: PurposeMark = 'none') =>
  new ModelEmbedder(server, { model: 'm', purpose });
const textsOf = ({ embed }: ReturnType<typeof newServer>) => embed.mock.calls.map(([{ texts }]) => texts);

it('learns the length of the vectors once, and scales them to length 1', async () => {
  const server = newServer();
  const embedder = embedderOn(server);
  expect(await embedder.identity()).toEqual({ name: 'm', dimensions: 3 });
  expect(await embedder.embed(['four'], 'passage')).toEqual([Float32Array.of(1, 0, 0)]);
  expect(server.embed).toHaveBeenCalledTimes(2);
});

it.each([
  ['none', 'm', { texts: ['x'] }],
  ['prefix', 'm (prefix)', { texts: ['query: x'] }],
  ['input_type', 'm (input_type)', { texts: ['x'], inputType: 'query' }],
] as const)('marks the purpose of a text by %s', async (purpose, name, call) => {
  const server = newServer();
  const embedder = embedderOn(server, purpose);
  await embedder.embed(['x'], 'query');
  expect(server.embed).toHaveBeenLastCalledWith({ model: 'm', signal: expect.any(AbortSignal), ...call });
  expect((await embedder.identity()).name).toBe(name);
});

it('fails one call and asks again if the vectors change their length', async () => {
  const server = newServer(3);
  const embedder = embedderOn(server);
  await embedder.identity();
  server.embed.mockImplementation(newServer(4).embed);
  await expect(embedder.embed(['x'], 'passage')).rejects.toMatchObject({ code: 'model_failed', isRetryable: true });
  expect(await embedder.identity()).toMatchObject({ dimensions: 4 });
  expect(await embedder.embed(['x'], 'passage')).toHaveLength(1);
});

it('embeds each passage once for each embedder, and each query anew', async () => {
  const server = newServer();
  const cache = newCache();
  const cached = new CachedEmbedder(embedderOn(server), cache);
  const first = await cached.embed(['a', 'bb', 'a'], 'passage');
  server.embed.mockClear();
  expect(await cached.embed(['bb', 'ccc', 'a'], 'passage')).toEqual([first[1], expect.anything(), first[0]]);
  expect(textsOf(server)).toEqual([['ccc']]);
  await cached.embed(['a'], 'query');
  await new CachedEmbedder(new ModelEmbedder(server, { model: 'other', purpose: 'none' }), cache).embed(
    ['a'],
    'passage',
  );
  expect(textsOf(server).flat()).toEqual(['ccc', 'a', 'length', 'a']);
});

it('embeds without its cache during an outage', async () => {
  const failing = async () => Promise.reject(new Error('down'));
  const cached = new CachedEmbedder(embedderOn(newServer()), { find: failing, put: failing });
  expect(await cached.embed(['a'], 'passage')).toHaveLength(1);
});
