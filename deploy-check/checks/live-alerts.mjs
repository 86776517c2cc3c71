import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { Agent, request } from 'node:https';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { freePort } from '../../tools/services/ports.mjs';
import { ROOT } from '../../tools/workspace.mjs';
import { must } from '../shell.mjs';
import { program } from '../tools.mjs';

const RULES = fileURLToPath(new URL('../../k8s/monitoring/rules.yml', import.meta.url));
/** Alerts that a system in trouble provokes within seconds, once the rules wait for nothing. */
const PROVOKED = [
  'SlipstreamTargetDown',
  'SlipstreamErrorBudgetBurnsFast',
  'SlipstreamErrorBudgetBurnsSlowly',
  'SlipstreamCertificateExpires',
  'SlipstreamConnectionsRefused',
  'SlipstreamPoolWithoutBackends',
  'SlipstreamBackendDown',
  'SlipstreamModelCallsFail',
];
const NOBODY = '127.0.0.1:9';
const CONNECTIONS = 8;
const DEADLINE_MS = 120_000;

/** A real Prometheus scrapes a running system in trouble, and its alerts fire. */
export async function checkLiveAlerts(report) {
  await report.check('a Prometheus fires the alerts of a system in trouble', async () => {
    await must('node_modules/.bin/tsc', ['-b', 'apps/standalone'], { cwd: ROOT });
    const folder = await mkdtemp(join(tmpdir(), 'slipstream-alerts-'));
    const children = [];
    const ended = new AbortController();
    try {
      const system = await startSystem(folder, children);
      const prometheus = await startPrometheus(folder, system.managementPort, children);
      void makeTrouble(system.port, ended.signal);
      return await untilFiring(prometheus);
    } finally {
      ended.abort();
      await Promise.all(children.map(end));
      await rm(folder, { recursive: true, force: true });
    }
  });
}

/** Standalone without backends, model servers and MongoDB, behind a certificate that ends soon. */
async function startSystem(folder, children) {
  const [port, managementPort] = [await freePort(), await freePort()];
  const [certFile, keyFile] = [join(folder, 'tls.crt'), join(folder, 'tls.key')];
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=IP:127.0.0.1'];
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', keyFile];
  await must('openssl', ['req', '-x509', '-days', '5', ...key, '-out', certFile, ...subject]);
  const config = {
    listen: { port, maxConnectionsPerAddress: CONNECTIONS, tls: { certFile, keyFile } },
    management: { port: managementPort },
    mongodb: { uri: `mongodb://${NOBODY}/slipstream` },
    web: { backends: [{ url: `http://${NOBODY}` }], health: { intervalMs: 500 }, queue: { timeoutMs: 100 } },
    llm: { backends: [{ url: `http://${NOBODY}/v1` }] },
    log: { level: 'fatal' },
  };
  await writeFile(join(folder, 'slipstream.yaml'), JSON.stringify(config));
  start(process.execPath, [join(ROOT, 'apps/standalone/dist/main.js')], folder, children);
  await untilOk(`http://127.0.0.1:${managementPort}/health/live`);
  return { port, managementPort };
}

/** The rules unchanged, except for their durations. @returns {Promise<string>} URL */
async function startPrometheus(folder, managementPort, children) {
  const rules = await readFile(RULES, 'utf8');
  await writeFile(join(folder, 'rules.yml'), rules.replaceAll(/^ +for: .*\n/gm, ''));
  const scrape = (name, target) => ({ job_name: name, static_configs: [{ targets: [target] }] });
  const config = {
    global: { scrape_interval: '1s', scrape_timeout: '1s', evaluation_interval: '1s' },
    rule_files: ['rules.yml'],
    scrape_configs: [scrape('slipstream-gateway', `127.0.0.1:${managementPort}`), scrape('slipstream-away', NOBODY)],
  };
  await writeFile(join(folder, 'prometheus.yml'), JSON.stringify(config));
  const address = `127.0.0.1:${await freePort()}`;
  const options = [`--config.file=${folder}/prometheus.yml`, `--storage.tsdb.path=${folder}/data`];
  start(await program('prometheus'), [...options, `--web.listen-address=${address}`], folder, children);
  await untilOk(`http://${address}/-/ready`);
  return `http://${address}`;
}

/** Pages and model calls that fail, and more connections than one address may have. */
async function makeTrouble(port, signal) {
  const agent = new Agent({ keepAlive: true, maxSockets: 2, rejectUnauthorized: false });
  const body = JSON.stringify({ model: 'none', messages: [{ role: 'user', content: 'hi' }] });
  while (!signal.aborted) {
    await send({ agent, port, path: '/page' });
    await send({ agent, port, path: '/v1/chat/completions', method: 'POST' }, body);
    await tooManyConnections(port);
    await delay(100);
  }
  agent.destroy();
}

/** Resolves when the listener has closed one of them. */
async function tooManyConnections(port) {
  const closed = Promise.withResolvers();
  const sockets = Array.from({ length: CONNECTIONS + 1 }, () =>
    connect(port, '127.0.0.1').on('error', closed.resolve).on('close', closed.resolve),
  );
  await Promise.race([closed.promise, delay(1000)]);
  for (const socket of sockets) socket.destroy();
}

/** Resolves when the answer, whatever it is, has ended. */
const send = (options, body) =>
  new Promise((resolve) => {
    const headers = body ? { 'content-type': 'application/json' } : {};
    request({ host: '127.0.0.1', headers, ...options }, (response) => response.resume().on('close', resolve))
      .on('error', resolve)
      .end(body);
  });

async function untilFiring(prometheus) {
  const deadline = performance.now() + DEADLINE_MS;
  let missing = PROVOKED;
  while (performance.now() < deadline) {
    const { data } = await (await fetch(`${prometheus}/api/v1/alerts`)).json();
    const firing = data.alerts.filter(({ state }) => state === 'firing').map(({ labels }) => labels.alertname);
    missing = PROVOKED.filter((name) => !firing.includes(name));
    if (missing.length === 0) return `${PROVOKED.length} kinds`;
    await delay(500);
  }
  throw new Error(`not firing: ${missing.join(', ')}`);
}

function start(command, args, cwd, children) {
  const child = spawn(command, args, { cwd, stdio: 'ignore' });
  child.on('error', () => undefined);
  children.push(child);
}

async function untilOk(url) {
  const deadline = performance.now() + DEADLINE_MS;
  while (performance.now() < deadline) {
    const isOk = await fetch(url).then(
      ({ ok }) => ok,
      () => false,
    );
    if (isOk) return;
    await delay(200);
  }
  throw new Error(`${url} does not answer`);
}

function end(child) {
  if (child.exitCode !== null || child.signalCode !== null) return undefined;
  const ended = new Promise((resolve) => child.on('close', resolve));
  child.kill('SIGTERM');
  return ended;
}
