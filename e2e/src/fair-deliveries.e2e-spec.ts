import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { Client } from './client.js';
import { startStandalone, untilReady, type System } from './system.js';

const HANGING = 300;
/** As many as a small database answers in its time. */
const AT_A_TIME = 20;

let folder: string;
let system: System;
/** Calls of the receiver that hangs; none is ever answered. */
const calls = { begun: 0 };
const receiver = createServer(() => void (calls.begun += 1));

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fair-deliveries-'));
  receiver.listen(0, '127.0.0.1');
  await once(receiver, 'listening');
  const file = join(folder, 'slipstream.yaml');
  await writeFile(
    file,
    JSON.stringify({ notifications: { webhook: { allowedAddresses: ['127.0.0.1'], timeoutMs: 30_000 } } }),
  );
  system = await startStandalone({ SLIPSTREAM_CONFIG: file });
  await untilReady(system);
});
afterAll(async () => {
  receiver.closeAllConnections();
  receiver.close();
  await Promise.all(system.all.map((service) => service.stop('SIGKILL')));
  await rm(folder, { recursive: true });
});

it("300 notifications of one user to a webhook that hangs do not delay another user's inbox", async () => {
  const client = new Client(system.gateways[0]!.url);
  const [ada, bo] = await Promise.all(['Ada', 'Bo'].map((name) => client.make<{ id: string }>('/users', { name })));
  const webhook = { url: `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/` };
  await client.call('PUT', `/users/${ada!.id}/notification-preferences`, { channels: ['webhook'], webhook });
  for (let sent = 0; sent < HANGING; sent += AT_A_TIME) {
    const answers = Array.from({ length: AT_A_TIME }, () =>
      client.call('POST', '/notifications', { userId: ada!.id, data: { title: 'a', text: 'b' } }),
    );
    expect((await Promise.all(answers)).map(({ status }) => status)).toEqual(answers.map(() => 202));
  }
  await vi.waitFor(() => expect(calls.begun).toBeGreaterThan(0), { timeout: 30_000 });
  await client.call('POST', '/notifications', { userId: bo!.id, data: { title: 'hello', text: 'b' } });
  const items = () => client.call<{ items: { title: string }[] }>('GET', `/users/${bo!.id}/notifications`);
  await vi.waitFor(async () => expect((await items()).json.items).toMatchObject([{ title: 'hello' }]), {
    timeout: 50_000,
  });
  // It has passed those before it: most of them have not even begun.
  expect(calls.begun).toBeLessThan(HANGING / 2);
});
