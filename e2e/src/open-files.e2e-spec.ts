import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { Agent, createServer, request, type IncomingMessage, type Server } from 'node:http';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { startService, type ServiceProcess } from './process.js';

const AWAY = {
  REDIS_URL: 'redis://127.0.0.1:1',
  RABBITMQ_URL: 'amqp://127.0.0.1:1',
  MONGODB_URI: 'mongodb://127.0.0.1:1/none',
};
const OPEN_FILES = 96;
const FLOOD = 200;
const REFILL = 8;
const HEALTHY = /^slipstream_backend_state\{pool="web"[^}]*state="healthy"[^}]*\} 1$/m;
/** Only a hang takes as long. */
const DEADLINE = { timeout: 180_000 };

let pod: Server;
let directory: string;
beforeAll(async () => {
  pod = createServer((_, response) => void response.end('page')).listen(0, '127.0.0.1');
  await once(pod, 'listening');
  directory = await mkdtemp(join(tmpdir(), 'slipstream-'));
});
afterAll(async () => {
  pod.closeAllConnections();
  pod.close();
  await rm(directory, { recursive: true });
});

async function start(listen: object): Promise<ServiceProcess> {
  const file = join(directory, 'slipstream.yaml');
  const url = `http://127.0.0.1:${(pod.address() as { port: number }).port}`;
  await writeFile(file, JSON.stringify({ listen, web: { backends: [{ url }], health: { intervalMs: 50 } } }));
  const gateway = await startService('gateway', { ...AWAY, SLIPSTREAM_CONFIG: file }, { openFiles: OPEN_FILES });
  onTestFinished(async () => void (await gateway.stop('SIGKILL')));
  return gateway;
}

async function get(url: string, agent?: Agent): Promise<string> {
  const [answer] = (await once(request(url, { agent: agent ?? false }).end(), 'response')) as [IncomingMessage];
  return (await answer.toArray()).join('');
}

/** Has its connection before the files are used up. */
function keptAlive(): Agent {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  onTestFinished(() => agent.destroy());
  return agent;
}

/** Idle connections. `ended`: what those got that the gateway closed. */
function flood(url: string, connections = FLOOD): { sockets: Socket[]; ended: string[] } {
  const { port, hostname } = new URL(url);
  const ended: string[] = [];
  const sockets = Array.from({ length: connections }, () => {
    let text = '';
    const socket = connect(Number(port), hostname).on('error', () => {});
    return socket.on('data', (chunk) => (text += chunk)).once('close', () => ended.push(text));
  });
  onTestFinished(() => sockets.forEach((socket) => socket.destroy()));
  return { sockets, ended };
}

const warnings = ({ logs }: ServiceProcess) =>
  logs.filter(({ level }) => level === 'error' || level === 'warn').map(({ msg }) => String(msg));

describe('a process with few open files', () => {
  it('by default refuses connections before its files are used up', DEADLINE, async () => {
    const gateway = await start({});
    const { sockets, ended } = flood(gateway.url);
    await vi.waitFor(() => expect(ended.length).toBeGreaterThanOrEqual(FLOOD - 16), DEADLINE);
    expect(ended.some((text) => text.startsWith('HTTP/1.1 503 '))).toBe(true);
    expect(await get(`${gateway.managementUrl}/health/live`)).toContain('ok');
    expect(await get(`${gateway.managementUrl}/metrics`)).toMatch(
      /^slipstream_connections_open\{listener="public"\} 16$/m,
    );
    for (const socket of sockets) socket.destroy();
    await vi.waitFor(async () => expect(await get(gateway.url)).toBe('page'), DEADLINE);
    expect(warnings(gateway).filter((text) => text.includes('open files'))).toEqual([]);
  });

  it('lives when they are used up, logs it, keeps its backends, and serves again', DEADLINE, async () => {
    const gateway = await start({ maxConnections: 0, maxConnectionsPerAddress: 0 });
    const [client, operator] = [keptAlive(), keptAlive()];
    expect(await get(gateway.url, client)).toBe('page');
    const metrics = () => get(`${gateway.managementUrl}/metrics`, operator);
    expect(await metrics()).toMatch(HEALTHY);
    const sockets = flood(gateway.url).sockets;
    const line = new RegExp(`reached its limit of ${OPEN_FILES} open files.*listen\\.maxConnections`);
    await vi.waitFor(
      () => {
        // takes what the gateway's own attempts to reach its stores have freed
        sockets.push(...flood(gateway.url, REFILL).sockets);
        expect(warnings(gateway)).toContainEqual(expect.stringMatching(line));
      },
      { ...DEADLINE, interval: 200 },
    );
    expect(await get(gateway.url, client)).toMatch(/^page$|"local_resources_exhausted"/);
    expect(await metrics()).toMatch(HEALTHY);
    for (const socket of sockets) socket.destroy();
    await vi.waitFor(async () => expect(await get(gateway.url)).toBe('page'), DEADLINE);
    expect(gateway.child.exitCode).toBe(null);
    expect(warnings(gateway).filter((text) => text.includes('unhealthy'))).toEqual([]);
    expect(warnings(gateway).filter((text) => text.includes('open files'))).toHaveLength(1);
  });
});
