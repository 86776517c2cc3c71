import { once } from 'node:events';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { startSystem, storesEnv, untilReady, type System } from './system.js';

const PLACES = 20;
const SERVICE_MS = 100;

/** A bounded pod behind two gateways: it answers after SERVICE_MS, and requests to /hang only when it is told to. */
describe('the places of a backend', () => {
  const hanging = new Set<ServerResponse>();
  let pod: Server;
  let system: System;

  beforeAll(async () => {
    pod = createServer((request, response) => {
      if (request.url !== '/hang') return void setTimeout(() => response.end('served'), SERVICE_MS);
      hanging.add(response.once('close', () => hanging.delete(response)));
    });
    await once(pod.listen(0, '127.0.0.1'), 'listening');
    const folder = await mkdtemp(join(tmpdir(), 'slipstream-'));
    const file = join(folder, 'slipstream.yaml');
    const web = {
      maxConnections: PLACES,
      queue: { maxLength: PLACES, timeoutMs: 20_000 },
      cache: { enabled: false },
      overlayFile: join(folder, 'backends.json'),
    };
    await writeFile(
      file,
      JSON.stringify({ cache: { prefix: `e2e-${process.pid}:` }, listen: { trustedPeers: ['loopback'] }, web }),
    );
    const env = {
      ...storesEnv(),
      WEB_BACKENDS: `http://127.0.0.1:${(pod.address() as AddressInfo).port}`,
      SLIPSTREAM_CONFIG: file,
    };
    system = await startSystem(['gateway', 'gateway'], env);
    await untilReady(system);
  });
  afterAll(async () => {
    await system.stop();
    pod.closeAllConnections();
    pod.close();
  });

  const ask = async (gateway: number, client: string, path = '/', signal?: AbortSignal): Promise<number> => {
    const headers = { 'x-forwarded-for': client };
    const response = await fetch(`${system.gateways[gateway]!.url}${path}`, { headers, signal });
    await response.text();
    return response.status;
  };
  const askFor = (gateway: number, clients: string[]) => Promise.all(clients.map((client) => ask(gateway, client)));
  const clients = (count: number) => Array.from({ length: count }, (_, n) => `192.0.2.${n + 1}`);
  const allServed = (count: number) => Array.from({ length: count }, () => 200);

  it('are not all taken by one client with slow requests, nor is the queue', async () => {
    const left = new AbortController();
    onTestFinished(() => left.abort());
    const greedy = Array.from({ length: 3 * PLACES }, () =>
      ask(0, '198.51.100.1', '/hang', left.signal).catch(() => 0),
    );
    await vi.waitFor(() => expect(hanging.size).toBe(PLACES - PLACES / 10), { timeout: 10_000 });
    expect(await askFor(0, clients(PLACES / 2))).toEqual(allServed(PLACES / 2));
    left.abort();
    await Promise.all(greedy);
    await vi.waitFor(() => expect(hanging.size).toBe(0), { timeout: 10_000 });
  });

  it('are shared by two gateways: the one that waits gets its turn while the other is flooded', async () => {
    let isFlooding = true;
    const flood = clients(4 * PLACES).map(async (client) => {
      while (isFlooding) await ask(0, client).catch(() => (isFlooding = false));
    });
    onTestFinished(() => void (isFlooding = false));
    const metrics = async () => (await fetch(`${system.gateways[0]!.managementUrl}/metrics`)).text();
    await vi.waitFor(async () => expect(await metrics()).toMatch(/slipstream_pool_queue_length\{pool="web"\} [1-9]/), {
      timeout: 20_000,
    });
    expect(await askFor(1, clients(PLACES))).toEqual(allServed(PLACES));
    isFlooding = false;
    await Promise.all(flood);
  });
});
