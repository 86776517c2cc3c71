import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { Agent, request as httpRequest, type IncomingMessage } from 'node:http';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, it, vi } from 'vitest';
import { LocalServers } from './testing/local-servers.js';

vi.setConfig({ testTimeout: 60_000 }); // deadlines that only a hang reaches

const local = new LocalServers();
const children: ChildProcess[] = [];
const agent = new Agent({ keepAlive: true, maxSockets: 1 });
afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  agent.destroy();
  await local.close();
});

const FIXTURE = fileURLToPath(new URL('../dist/testing/fixture-exhausted-gateway.js', import.meta.url));

/** A gateway that may have 100 files open. */
async function startGateway(backend: string) {
  const child = spawn('sh', ['-c', 'ulimit -n 100; exec "$0" "$@"', process.execPath, FIXTURE, backend], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  children.push(child);
  const [{ url }] = (await once(child, 'message')) as [{ url: string }];
  const tell = async (command: string) => {
    child.send(command);
    const [answer] = (await once(child, 'message')) as [{ state: string; unmade: number }];
    return answer;
  };
  return { url, tell };
}

/** Over one connection, for a new one would need a file descriptor too. */
async function ask(url: string, headers: Record<string, string> = {}): Promise<string> {
  const asking = httpRequest(url, { agent, headers });
  asking.end();
  const [answer] = (await once(asking, 'response')) as [IncomingMessage];
  return (await answer.toArray()).join('');
}

it('makes no backend unhealthy when requests or checks use up its own file descriptors', async () => {
  const { url, tell } = await startGateway(
    await local.http((_, res) => res.writeHead(200, { connection: 'close' }).end('well')),
  );
  expect(await ask(url)).toBe('well');
  await tell('exhaust');
  for (let round = 0; round < 5; round++) expect(await ask(url)).toBe('local_resources_exhausted');
  await tell('check');
  await vi.waitFor(async () => expect((await tell('look')).unmade).toBeGreaterThan(3), { timeout: 30_000 });
  expect((await tell('look')).state).toBe('unproven');
  await tell('free');
  expect(await ask(url)).toBe('well');
  await vi.waitFor(async () => expect((await tell('look')).state).toBe('healthy'), { timeout: 30_000 });
});
