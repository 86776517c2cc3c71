import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generate } from 'selfsigned';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { HttpServers } from './http-servers.js';
import { startSystem, storesEnv, untilReady, type System } from './system.js';

const MONITORING = new URL('../../k8s/monitoring/', import.meta.url);
/** What Prometheus adds to the name of a histogram. */
const SERIES = /_(?:bucket|count|sum)$/;

const servers = new HttpServers();
/** Answers everything, so that the web pool is healthy. */
const application = () => servers.serve((_, response) => response.end('ok'));
let system: System;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'alert-metrics-'));
  const [TLS_CERT_FILE, TLS_KEY_FILE] = [join(folder, 'tls.crt'), join(folder, 'tls.key')];
  const { cert, private: key } = await generate([{ name: 'commonName', value: 'localhost' }], { keyType: 'ec' });
  await Promise.all([writeFile(TLS_CERT_FILE, cert), writeFile(TLS_KEY_FILE, key)]);
  const env = { ...storesEnv(), WEB_BACKENDS: await application(), TLS_CERT_FILE, TLS_KEY_FILE, PROCESSES: '2' };
  system = await startSystem(['gateway', 'chat-worker', 'document-worker', 'notification-worker'], env);
  await untilReady(system);
});
afterAll(async () => {
  await system.stop();
  servers.close();
  await rm(folder, { recursive: true });
});

it('every metric of a rule or dashboard is one that a service exports', async () => {
  const exported = new Set((await Promise.all(system.all.map(({ managementUrl }) => namesAt(managementUrl)))).flat());
  const missing: string[] = [];
  for (const file of (await readdir(MONITORING)).filter((name) => /\.(?:yml|json)$/.test(name))) {
    const text = await readFile(new URL(file, MONITORING), 'utf8');
    for (const [name] of text.matchAll(/\bslipstream_\w+/g)) {
      if (!exported.has(name) && !exported.has(name.replace(SERIES, ''))) missing.push(`${file}: ${name}`);
    }
  }
  expect(missing).toEqual([]);
});

/** Names of the metrics that a service exports, whether they have a value yet or not. */
async function namesAt(managementUrl: string): Promise<string[]> {
  const text = await (await fetch(`${managementUrl}/metrics`)).text();
  return [...text.matchAll(/^# TYPE (\w+)/gm)].map(([, name]) => name!);
}
