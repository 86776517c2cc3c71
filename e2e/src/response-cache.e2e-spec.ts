import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, request, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text as textOf } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { startSystem, storesEnv, type System } from './system.js';

/** For what happens soon, on a machine that is busy. */
const DEADLINE = { timeout: 15_000, interval: 20 };

const tokenOf = (id: string) => `e30.${Buffer.from(JSON.stringify({ id })).toString('base64url')}.c2ln`;
const personOf = ({ headers }: IncomingMessage) =>
  /token=e30\.([^.]+)/.exec(headers.cookie ?? '')?.[1] ??
  /^Bearer (.*)$/.exec(headers.authorization ?? '')?.[1] ??
  'nobody';

/** Open WebUI as far as its cache rules go: answers tell how often, and for whom, they were made. */
class Chat {
  readonly server: Server = createServer((req, res) => this.answer(req, res));
  readonly asked: string[] = [];
  url = '';

  async listen(): Promise<void> {
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
    this.url = `http://127.0.0.1:${(this.server.address() as { port: number }).port}`;
  }

  private answer(req: IncomingMessage, res: ServerResponse): void {
    if (req.url === '/health') return void res.end('{}');
    const person = personOf(req);
    this.asked.push(`${req.method} ${req.url} ${person}`);
    if (req.url?.endsWith('.js')) res.setHeader('Content-Type', 'text/javascript');
    if (req.url === '/api/v1/auths/signin') res.setHeader('Set-Cookie', `token=${tokenOf('ada')}; Path=/`);
    req.resume().on('end', () => res.end(`${person} ${this.asked.length}`));
  }
}

describe('the response cache of two gateways before Open WebUI', () => {
  const chat = new Chat();
  let system: System;

  beforeAll(async () => {
    await chat.listen();
    const folder = await mkdtemp(join(tmpdir(), 'slipstream-'));
    const file = join(folder, 'slipstream.yaml');
    const long = '{ class: private, ttlMs: 3600000 }';
    const reads =
      `{ "/api/config": ${long}, "/api/v1/chats/": ${long}, "/api/v1/chats/{chat}": ${long}, ` +
      '"/api/models": { class: private, ttlMs: 1, staleWhileRevalidateMs: 3600000 } }';
    await writeFile(
      file,
      `cache: { prefix: "e2e-rc-${process.pid}:" }\nweb: { overlayFile: ` +
        `${join(folder, 'backends.json')}, cache: { reads: ${reads} } }\n`,
    );
    system = await startSystem(['gateway', 'gateway'], {
      ...storesEnv(),
      WEB_BACKENDS: chat.url,
      WEB_PRESET: 'open-webui',
      SLIPSTREAM_CONFIG: file,
    });
  });
  afterAll(async () => {
    await system.stop();
    chat.server.closeAllConnections();
    chat.server.close();
  });
  beforeEach(async () => void (await purge({ everything: true })));

  interface Asked {
    method?: string;
    headers?: Record<string, string>;
  }

  const as = (id: string): Asked => ({ headers: { cookie: `token=${tokenOf(id)}` } });
  const writing = (asked: Asked): Asked => ({ ...asked, method: 'POST' });
  /** Both gateways are asked by one name, as behind a load balancer: answers belong to the name. */
  const ask = async (path: string, { method, headers }: Asked = {}, gateway = 0) => {
    const sent = request(`${system.gateways[gateway]!.url}${path}`, {
      method,
      headers: { host: 'chat.example', ...headers },
    }).end();
    const [response] = (await once(sent, 'response')) as [IncomingMessage];
    return { text: await textOf(response), status: String(response.headers['cache-status']) };
  };
  const text = async (...args: Parameters<typeof ask>) => (await ask(...args)).text;
  const status = async (...args: Parameters<typeof ask>) => (await ask(...args)).status;
  const purge = (body: object, gateway = 0) =>
    fetch(`${system.gateways[gateway]!.managementUrl}/admin/cache/purge`, {
      method: 'POST',
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json' },
    });
  /** What each gateway has stored. */
  const settled = (path: string, asked: Asked): Promise<string[]> =>
    vi.waitFor(async () => {
      const [first, again] = [await both(path, asked), await both(path, asked)];
      expect(again).toEqual(first);
      return first;
    }, DEADLINE);
  const both = (path: string, asked: Asked) => Promise.all([0, 1].map((gateway) => text(path, asked, gateway)));
  /** Neither gateway has what it had. */
  const dropped = (path: string, asked: Asked, before: string[]) =>
    vi.waitFor(
      async () => expect((await both(path, asked)).filter((answer) => before.includes(answer))).toEqual([]),
      DEADLINE,
    );

  it('gives hashed files to everybody from memory, and to the other gateway from Redis', async () => {
    await vi.waitFor(async () => {
      // another one each time, for Redis may not be trusted yet
      const path = `/_app/immutable/entry/${randomUUID()}.js`;
      expect(await status(path)).toMatch(/fwd=uri-miss.*stored/);
      expect(await status(path, as('ada'))).toMatch(/^slipstream; hit/);
      await vi.waitFor(async () =>
        expect(await status(path, { headers: { 'cache-control': 'only-if-cached' } }, 1)).toMatch(/^slipstream; hit/),
      );
      expect(chat.asked.filter((line) => line.includes(path))).toHaveLength(1);
    }, DEADLINE);
  });

  it('gives private answers again to who asks with the same credentials, and to nobody else', async () => {
    const [ada] = await settled('/api/config', as('ada'));
    expect(ada).toMatch(/^eyJpZCI6ImFkYSJ9 /);
    expect(await text('/api/config', as('eve'))).not.toBe(ada);
    expect(await text('/api/config')).toMatch(/^nobody/);
    expect(await status('/api/config')).toMatch(/fwd=bypass/);
    expect(await text('/api/config', { headers: { ...as('ada').headers, authorization: 'Bearer sk-1' } })).not.toBe(
      ada,
    );
  });

  it("drops what a person wrote over, on all her devices and both gateways, and nobody else's", async () => {
    const path = '/api/v1/chats/';
    const bearer = { headers: { authorization: `Bearer ${tokenOf('ada')}` } };
    const [cookies, bearers, eves] = [
      await settled(path, as('ada')),
      await settled(path, bearer),
      await settled(path, as('eve')),
    ];
    await text('/api/v1/chats/new', writing(as('ada')), 1);
    expect(cookies).not.toContain(await text(path, as('ada'), 1));
    await dropped(path, as('ada'), cookies);
    await dropped(path, bearer, bearers);
    expect(await both(path, as('eve'))).toEqual(eves);
  });

  it('stores no chats during the cooldown after a completion began, on either gateway', async () => {
    await settled('/api/v1/chats/', as('bob'));
    await text('/api/chat/completions', writing(as('bob')));
    for (const gateway of [0, 1])
      await vi.waitFor(
        async () => expect(await status('/api/v1/chats/', as('bob'), gateway)).toMatch(/fwd=bypass/),
        DEADLINE,
      );
    expect(await settled('/api/v1/chats/', as('eve'))).toHaveLength(2);
  });

  it('drops everything of a person who signs out, or in again', async () => {
    const path = '/api/config';
    const before = await settled(path, as('ada'));
    await text('/api/v1/auths/signout', as('ada'));
    expect(before).not.toContain(await text(path, as('ada')));
    await dropped(path, as('ada'), before);
    const again = await settled(path, as('ada'));
    await text('/api/v1/auths/signin', writing({}), 1);
    await dropped(path, as('ada'), again);
  });

  it('drops all private answers when roles, groups or permissions change', async () => {
    const before = await settled('/api/config', as('eve'));
    await text('/api/v1/groups/id/1/update', writing(as('admin')));
    await dropped('/api/config', as('eve'), before);
  });

  it('gives the last model list at once, and renews it behind', async () => {
    const first = await text('/api/models', as('ada'));
    await vi.waitFor(
      async () => expect(await status('/api/models', as('ada'))).toMatch(/^slipstream; hit; ttl=-/),
      DEADLINE,
    );
    await vi.waitFor(async () => expect(await text('/api/models', as('ada'))).not.toBe(first), DEADLINE);
    expect(await status('/api/models?refresh=true', as('ada'))).toMatch(/fwd=bypass/);
  });

  it.each([
    ['an entity', { entity: 'chat:42' }],
    ['a tag', { tag: 'chats:ada' }],
    ['a prefix', { prefix: '/api/v1/' }],
    ['a URL', { url: '/api/v1/chats/42' }],
    ['everything', { everything: true }],
  ])('is purged by %s, on both gateways', async (_, body) => {
    const path = '/api/v1/chats/42';
    const before = await settled(path, as('ada'));
    expect((await purge(body, 1)).status).toBe(204);
    await dropped(path, as('ada'), before);
  });

  it("refuses a purge that says nothing, or too much, or is not the operator's", async () => {
    for (const body of [{}, { url: '/', tag: 'a' }, { everything: false }, { url: 'javascript:1' }, { tags: ['a'] }])
      expect([body, (await purge(body)).status]).toEqual([body, 400]);
    expect(await status('/admin/cache/purge', writing({}))).toMatch(/fwd=method/);
  });

  it("gives two persons who ask the same URLs never each other's answer", async () => {
    const people = ['ada', 'bob', 'eve'];
    const paths = ['/api/config', '/api/models', '/api/v1/chats/', '/api/v1/users/user/settings'];
    const all = Array.from({ length: 1200 }, async (_, i) => {
      const person = people[i % people.length]!;
      const path = paths[(i * 7) % paths.length]!;
      if (i % 50 === 0) await text('/api/v1/folders/', writing(as(person)), i % 2);
      const answer = await text(path, as(person), (i >> 2) % 2);
      expect(answer.split(' ')[0]).toBe(tokenOf(person).split('.')[1]);
    });
    await Promise.all(all);
  });

  it('counts what it did', async () => {
    await text('/assets/logo.png');
    const metrics = await (await fetch(`${system.gateways[0]!.managementUrl}/metrics`)).text();
    expect(metrics).toMatch(/slipstream_response_cache_answers_total\{outcome="hit"\} [1-9]/);
    expect(metrics).toMatch(/slipstream_response_cache_entries [1-9]/);
    const statistics = (await (await fetch(`${system.gateways[0]!.managementUrl}/admin/cache`)).json()) as Record<
      string,
      Record<string, object>
    >;
    expect(statistics.responses).toMatchObject({
      memory: { entries: expect.any(Number) },
      hitRatio: expect.any(Number),
      answers: { hit: expect.any(Number) },
      recent: { minutes: 5, hitRatio: expect.any(Number), rules: { '/assets/**': { hits: expect.any(Number) } } },
    });
    expect(statistics.objects).toMatchObject({
      busLagMs: expect.any(Number),
      patterns: { user: { reads: { memory: expect.any(Number) } } },
    });
  });
});
