import { afterEach, expect, it, vi } from 'vitest';
import { HttpServers, STORES_AWAY } from './http-servers.js';
import { startService, type ServiceProcess } from './process.js';

const servers = new HttpServers();
let gateway: ServiceProcess | undefined;
afterEach(async () => {
  await gateway?.stop();
  servers.close();
});

const answering = (status: number) => servers.serve((_, response) => void response.writeHead(status).end());

/** The log line about a backend of this pool. */
const reasonIn = ({ logs }: ServiceProcess, pool: string) =>
  vi.waitFor(
    () => {
      const line = logs.find((each) => each.pool === pool && each.msg === 'backend is unhealthy');
      expect(line).toBeDefined();
      return line!.reason as string;
    },
    { timeout: 10_000 },
  );

const call = ({ url }: ServiceProcess) =>
  fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    body: '{"model":"m","messages":[{"role":"user","content":"hi"}]}',
  });

it('names web.health.path when a backend has no such page, and sends browsers a page in plain words', async () => {
  gateway = await startService('gateway', { ...STORES_AWAY, WEB_BACKENDS: await answering(404) });
  expect(await reasonIn(gateway, 'web')).toBe(
    '/health answers 404; if the application has its health check at another path, set web.health.path',
  );
  const page = await fetch(`${gateway.url}/c/1`, {
    headers: { accept: 'text/html,application/xhtml+xml,*/*;q=0.8', 'x-request-id': 'r-page' },
  });
  expect([page.status, page.headers.get('content-type'), page.headers.get('refresh')]).toEqual([
    503,
    'text/html; charset=utf-8',
    '5',
  ]);
  expect(await page.text()).toContain('r-page');
  const problem = await fetch(`${gateway.url}/api/chats`);
  expect([problem.status, problem.headers.get('content-type')]).toEqual([503, 'application/problem+json']);
  expect(((await problem.json()) as { detail: string }).detail).not.toMatch(/pool|backend/);
});

it('says that base URLs usually end in /v1 when a model server lists nothing', async () => {
  gateway = await startService('gateway', { ...STORES_AWAY, LLM_BACKENDS: await answering(404) });
  expect(await reasonIn(gateway, 'models')).toMatch(/^GET \/models answered 404: base URLs usually end in \/v1/);
  const { error } = (await (await call(gateway)).json()) as { error: { message: string } };
  expect(error.message).toMatch(/^The model is unreachable/);
});

it('says which key a model server refuses, and does not ask the client to try again', async () => {
  gateway = await startService('gateway', { ...STORES_AWAY, LLM_BACKENDS: `${await answering(401)}/v1` });
  expect(await reasonIn(gateway, 'models')).toBe(
    'GET /models answered 401: the server refuses the key; correct llm.backends[0].apiKey',
  );
  const answer = await call(gateway);
  expect([answer.status, answer.headers.get('retry-after')]).toEqual([502, null]);
  expect(await answer.json()).toMatchObject({ error: { code: 'model_key_refused' } });
});

it('calls a dead store down, and names its setting', async () => {
  gateway = await startService('gateway', STORES_AWAY);
  const ready = await fetch(`${gateway.managementUrl}/health/ready`);
  expect(await ready.json()).toMatchObject({
    status: 'degraded',
    details: { redis: { status: 'down' }, mongodb: { status: 'down' }, rabbitmq: { status: 'down' } },
  });
  await vi.waitFor(
    () => {
      const texts = gateway!.logs.map(({ msg }) => String(msg));
      for (const setting of ['REDIS_URL (redis.url)', 'MONGODB_URI (mongodb.uri)', 'RABBITMQ_URL (rabbitmq.url)'])
        expect(texts.some((text) => text.startsWith('waiting for ') && text.endsWith(setting))).toBe(true);
    },
    { timeout: 20_000 },
  );
});
