import { lookup as systemLookup } from 'node:dns/promises';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo } from 'node:net';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { startNameServer, type NameAnswer, type NameServer } from '../testing/name-server.js';
import { NameResolver, type NameResolverOptions } from './name-resolver.js';

const open: NameServer[] = [];
afterEach(() => open.splice(0).forEach((server) => server.close()));

async function newResolver(
  answers: Record<string, NameAnswer>,
  options: NameResolverOptions & { ttlSeconds?: number } = {},
) {
  const server = await startNameServer(answers, options.ttlSeconds);
  open.push(server);
  return { server, resolver: new NameResolver({ servers: [server.address], ...options }) };
}

const lookup = (resolver: NameResolver, name: string): Promise<unknown> =>
  new Promise((resolve, reject) =>
    resolver.lookup(name, { all: true }, (error, found) => (error ? reject(error) : resolve(found))),
  );

describe('a name', () => {
  it.each<[string, Record<string, NameAnswer>, string[]]>([
    ['pod.test', { 'pod.test': ['10.0.0.1', '10.0.0.2'] }, ['10.0.0.1', '10.0.0.2']],
    ['both.test', { 'both.test': ['2001:db8:0:0:0:0:0:1', '10.0.0.1'] }, ['10.0.0.1', '2001:db8::1']],
    ['six.test', { 'six.test': ['2001:db8:0:0:0:0:0:1'] }, ['2001:db8::1']],
    ['LOCALHOST', {}, ['127.0.0.1', '::1']],
    ['app.localhost.', {}, ['127.0.0.1', '::1']],
    ['192.0.2.1', {}, ['192.0.2.1']],
    ['::1', {}, ['::1']],
  ])('%s resolves', async (name, answers, expected) => {
    const { resolver } = await newResolver(answers);
    expect(await resolver.resolve(name)).toEqual(expect.arrayContaining(expected.slice(0, 1)));
    if (!/localhost/i.test(name)) expect(await resolver.resolve(name)).toEqual(expected);
  });

  it.each<[string, NameAnswer, object]>([
    ['is unknown', 'unknown', { code: 'ENOTFOUND' }],
    ['cannot be resolved now', 'servfail', { code: 'ESERVFAIL' }],
    ['gets no answer', 'silent', { code: 'ETIMEOUT', message: expect.stringContaining('within 300 ms') }],
  ])('that %s fails with a code', async (_, answer, error) => {
    const { resolver } = await newResolver({ 'pod.invalid': answer }, { timeoutMs: 300 });
    await expect(resolver.resolve('pod.invalid')).rejects.toMatchObject(error);
  });

  it('is asked once at a time, whoever wants it', async () => {
    const { server, resolver } = await newResolver({ 'pod.test': ['10.0.0.1'] });
    await Promise.all(Array.from({ length: 50 }, () => resolver.resolve('pod.test')));
    expect(server.questions.filter((question) => question === 'pod.test A')).toHaveLength(1);
  });
});

describe('a name for a connection', () => {
  it('keeps its last good addresses while the name servers fail, in any way', async () => {
    const { server, resolver } = await newResolver(
      { 'pod.test': ['10.0.0.1'] },
      { ttlSeconds: 0, staleAfterMs: 50, timeoutMs: 200 },
    );
    const good = await lookup(resolver, 'pod.test');
    for (const answer of ['silent', 'servfail', 'unknown'] as const) {
      server.answers.set('pod.test', answer);
      await vi.waitFor(
        async () => {
          const asked = server.questions.length;
          expect(await lookup(resolver, 'pod.test')).toEqual(good);
          expect(server.questions.length).toBeGreaterThan(asked); // its records are no longer fresh
        },
        { timeout: 20_000 },
      );
    }
    server.answers.set('pod.test', ['10.0.0.2']);
    await vi.waitFor(
      async () => expect(await lookup(resolver, 'pod.test')).toEqual([{ address: '10.0.0.2', family: 4 }]),
      { timeout: 20_000 },
    );
  });

  it('is not asked again while its records are fresh', async () => {
    const { server, resolver } = await newResolver({ 'pod.test': ['10.0.0.1'] });
    for (let n = 0; n < 5; n++) await lookup(resolver, 'pod.test');
    expect(server.questions.filter((question) => question === 'pod.test A')).toHaveLength(1);
  });

  it('connects a socket', async () => {
    const listener = createServer((socket) => socket.on('error', () => {}).end('served')).listen(0, '127.0.0.1');
    await once(listener, 'listening');
    const { resolver } = await newResolver({ 'pod.test': ['127.0.0.1'] });
    const socket = connect({
      host: 'pod.test',
      port: (listener.address() as AddressInfo).port,
      lookup: resolver.lookup,
    });
    expect(String((await once(socket, 'data'))[0])).toBe('served');
    socket.destroy();
    listener.close();
  });
});

describe('a hundred names whose name server is silent', () => {
  const silent = Array.from({ length: 100 }, (_, n) => `silent-${n}.test`);
  const answers = { ...Object.fromEntries(silent.map((name) => [name, 'silent' as const])), 'pod.test': ['10.0.0.1'] };

  it('hold up no other name, and no look-up of the system', async () => {
    const { server, resolver } = await newResolver(answers);
    const late: string[] = [];
    const waiting = silent.map((name) => resolver.resolve(name).catch(() => late.push(name)));
    await vi.waitFor(() => expect(new Set(server.questions.map((question) => question.split(' ')[0])).size).toBe(100), {
      timeout: 20_000,
    });
    expect(await resolver.resolve('pod.test')).toEqual(['10.0.0.1']);
    expect((await systemLookup('localhost')).address).toBeTruthy();
    expect(late).toEqual([]);
    await Promise.all(waiting);
  });

  it('are bounded: more than 256 at once are refused', async () => {
    const { resolver } = await newResolver({}, { timeoutMs: 200 });
    const names = Array.from({ length: 300 }, (_, n) => `silent-${n}.invalid`);
    const codes = await Promise.all(
      names.map((name) => resolver.resolve(name).catch((error: NodeJS.ErrnoException) => error.code)),
    );
    expect(codes.filter((code) => code === 'EAGAIN')).toHaveLength(300 - 256);
  });
});
