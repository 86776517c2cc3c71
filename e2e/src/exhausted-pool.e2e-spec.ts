import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { MongoClient } from 'mongodb';
import { FaultyWire } from '@slipstream/mongo/testing';
import { Client } from './client.js';
import { startStandalone, storesEnv, untilReady, type System } from './system.js';

const MAX_POOL_SIZE = 2;
const REQUESTS = 6;

let uri: string;
let wire: FaultyWire;
let system: System;
let client: Client;

beforeEach(async () => {
  uri = storesEnv().MONGODB_URI;
  wire = await FaultyWire.before(uri);
  const config = join(await mkdtemp(join(tmpdir(), 'slipstream-')), 'slipstream.yaml');
  await writeFile(config, `mongodb: { maxPoolSize: ${MAX_POOL_SIZE}, minPoolSize: 1, waitQueueTimeoutMs: 500 }\n`);
  system = await startStandalone({ MONGODB_URI: wire.uri, SLIPSTREAM_CONFIG: config });
  await untilReady(system);
  client = new Client(system.gateways[0]!.url);
});
afterEach(async () => {
  await system.stop();
  wire.close();
});

async function metric(name: string): Promise<number> {
  const text = await (await fetch(`${system.gateways[0]!.managementUrl}/metrics`)).text();
  return Number(
    text
      .split('\n')
      .find((line) => line.startsWith(`slipstream_mongodb_pool_${name} `))
      ?.split(' ')[1],
  );
}

it('answers 503 with Retry-After while slow queries hold every connection, and serves after them', async () => {
  const { release } = wire.hold('insert');
  const settled = Promise.withResolvers<void>();
  let left = REQUESTS - MAX_POOL_SIZE;
  const calls = Array.from({ length: REQUESTS }, async () => {
    const answer = await client.call<{ code: string }>('POST', '/users', { name: 'Ada' });
    if ((left -= 1) === 0) settled.resolve();
    return answer;
  });
  await settled.promise;
  release();
  const answers = await Promise.all(calls);
  const refused = answers.filter(({ status }) => status === 503);
  expect(refused.length).toBeGreaterThanOrEqual(REQUESTS - MAX_POOL_SIZE);
  expect(answers.filter(({ status }) => status === 201)).toHaveLength(REQUESTS - refused.length);
  for (const { headers, json } of refused) {
    expect(json.code).toBe('mongodb_unavailable');
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
  }
  expect(await metric('failed_waits_total{reason="timeout"}')).toBeGreaterThanOrEqual(refused.length);
  await vi.waitFor(async () => expect((await client.call('POST', '/users', { name: 'Ada' })).status).toBe(201));
  await vi.waitFor(async () => expect(await metric('waiting')).toBe(0));
});

it('a write on its way at SIGTERM is stored and answered, before the connections are closed', async () => {
  const { arrived, release } = wire.hold('insert');
  const call = client.call<{ id: string }>('POST', '/users', { name: 'Ada' });
  await arrived;
  const [{ child, exited, logs }] = system.gateways as [System['gateways'][number]];
  child.kill('SIGTERM');
  await vi.waitFor(() => expect(logs.map(({ msg }) => msg)).toContain('shutting down: no new work is accepted'));
  release();
  const { status, json } = await call;
  expect(status).toBe(201);
  expect(await exited).toBe(0);
  const mongo = await MongoClient.connect(uri);
  const stored = await mongo.db().collection<{ _id: string }>('users').findOne({ _id: json.id });
  await mongo.close();
  expect(stored).toMatchObject({ name: 'Ada' });
  expect(wire.connections).toBe(0);
});
