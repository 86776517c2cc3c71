import { once } from 'node:events';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { startSystem, storesEnv, type System } from './system.js';

/**
 * Makes the system's look-up of every name but an address hang, as it does while the name servers are silent and its
 * threads are taken.
 */
const HANGING_LOOKUPS = `import dns from 'node:dns'; import { isIP } from 'node:net';
import { syncBuiltinESMExports } from 'node:module';
const { lookup } = dns; dns.lookup = (name, ...rest) => (isIP(name) ? lookup(name, ...rest) : undefined);
dns.promises.lookup = () => new Promise(() => {}); syncBuiltinESMExports();`;

describe("while the system's look-ups hang", () => {
  let origin: Server;
  let system: System;

  beforeAll(async () => {
    origin = createServer((request, response) => {
      response.setHeader('content-type', 'application/json');
      response.end(
        request.url === '/v1/models' ? '{"object":"list","data":[{"id":"named","object":"model"}]}' : '{"served":true}',
      );
    });
    await once(origin.listen(0, '127.0.0.1'), 'listening');
    const port = (origin.address() as AddressInfo).port;
    const folder = await mkdtemp(join(tmpdir(), 'slipstream-'));
    const file = join(folder, 'slipstream.yaml');
    const backends = [
      { url: `http://localhost:${port}` },
      { url: `dns+http://app.localhost:${port}` },
      { url: 'http://pod-1.invalid' },
      { url: 'http://pod-2.invalid' },
    ];
    await writeFile(
      file,
      JSON.stringify({ web: { backends, health: { path: '/health' }, overlayFile: join(folder, 'backends.json') } }),
    );
    const preload = join(folder, 'hanging-lookups.mjs');
    await writeFile(preload, HANGING_LOOKUPS);
    const env = {
      ...storesEnv(),
      SLIPSTREAM_CONFIG: file,
      LLM_BACKENDS: `http://localhost:${port}/v1`,
      NODE_OPTIONS: `--import=${preload}`,
    };
    system = await startSystem(['gateway'], env);
  });
  afterAll(async () => {
    await system.stop();
    origin.closeAllConnections();
    origin.close();
  });

  const gateway = () => system.gateways[0]!;
  const states = async (): Promise<[string, string][]> => {
    const { items } = (await (await fetch(`${gateway().managementUrl}/admin/backends`)).json()) as {
      items: { url: string; pool: string; state: string }[];
    };
    return items.filter(({ pool }) => pool === 'web').map(({ url, state }) => [new URL(url).hostname, state]);
  };

  it('backends with a host name are found healthy, and get requests', async () => {
    await vi.waitFor(
      async () =>
        expect(await states()).toEqual(
          expect.arrayContaining([
            ['localhost', 'healthy'],
            ['127.0.0.1', 'healthy'],
          ]),
        ),
      { timeout: 20_000 },
    );
    const answers = await Promise.all(
      Array.from({ length: 20 }, async () => (await fetch(`${gateway().url}/page`)).json()),
    );
    expect(answers).toEqual(Array.from({ length: 20 }, () => ({ served: true })));
  });

  it('model servers with a host name answer', async () => {
    await vi.waitFor(
      async () =>
        expect(await (await fetch(`${gateway().url}/v1/models`)).json()).toMatchObject({ data: [{ id: 'named' }] }),
      { timeout: 20_000 },
    );
  });
});
