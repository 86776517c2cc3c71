import type { RequestListener } from 'node:http';
import { afterEach, expect, it, vi } from 'vitest';
import { HttpServers, STORES_AWAY } from '@slipstream/e2e/http-servers';
import { startService, type ServiceProcess } from '@slipstream/e2e/process';

const servers = new HttpServers();
let gateway: ServiceProcess | undefined;
afterEach(async () => {
  await gateway?.stop();
  servers.close();
});

/** A server that fails this many checks and passes all later ones. */
function recovering(checks: number, isCheck: (url: string) => boolean, answer: string): RequestListener {
  let count = 0;
  return ({ url = '' }, response) => {
    if (isCheck(url)) count += 1;
    response.writeHead(count <= checks ? 503 : 200, { 'content-type': 'application/json' }).end(answer);
  };
}

/** With doubling pauses the sixth check comes 31 s after the first, and one good check is not enough. */
const CHECKS = 5;

it.each([
  { pool: 'web', path: '/', isCheck: (url: string) => url === '/health', env: 'WEB_BACKENDS', base: '' },
  {
    pool: 'models',
    path: '/v1/models',
    isCheck: (url: string) => url === '/v1/models',
    env: 'LLM_BACKENDS',
    base: '/v1',
  },
])('checks a $pool pool that is down every second, and uses a backend after one good check', async (pool) => {
  const list = '{"object":"list","data":[{"id":"m","owned_by":"tests"}]}';
  const url = await servers.serve(recovering(CHECKS, pool.isCheck, list));
  gateway = await startService('gateway', { ...STORES_AWAY, [pool.env]: `${url}${pool.base}` });
  const state = async () => {
    const answer = await fetch(`${gateway!.managementUrl}/admin/backends`);
    const { items } = (await answer.json()) as { items: { pool: string; state: string }[] };
    return items.find((each) => each.pool === pool.pool)?.state;
  };
  await vi.waitFor(async () => expect(await state()).toBe('unhealthy'), { timeout: 10_000 });
  await vi.waitFor(async () => expect(await state()).toBe('healthy'), { timeout: 20_000 });
  expect((await fetch(`${gateway.url}${pool.path}`)).status).toBe(200);
});
