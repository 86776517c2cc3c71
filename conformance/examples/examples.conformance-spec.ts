import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import { connect as connectHttp2 } from 'node:http2';
import { createServer as createNetServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { generate } from 'selfsigned';
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { startGateway } from '../gateway.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');
const example = (name: string) => join(ROOT, 'examples', name);
let folder: string;
beforeEach(async () => void (folder = await mkdtemp(join(tmpdir(), 'examples-'))));
afterEach(() => rm(folder, { recursive: true }));

function run(command: string, args: readonly string[], env = process.env): Promise<{ code: number; output: string }> {
  return new Promise((resolve) =>
    execFile(command, args, { cwd: folder, env }, (error, stdout, stderr) =>
      resolve({ code: error ? Number(error.code) || 1 : 0, output: stdout + stderr }),
    ),
  );
}

describe('systemd units', () => {
  it.each([
    ['slipstream.service', 'slipstream.service'],
    ['slipstream-worker@.service', 'slipstream-worker@chat-worker.service'],
  ])('%s can be loaded, and is confined', async (name, instance) => {
    const unit = (await readFile(example(`systemd/${name}`), 'utf8')).replaceAll('/opt/slipstream', ROOT);
    await writeFile(join(folder, name), unit);
    await writeFile(join(folder, instance), unit);
    expect(await run('systemd-analyze', ['verify', `./${instance}`])).toMatchObject({ code: 0 });
    const security = await run('systemd-analyze', ['security', '--offline=true', '--threshold=30', `./${instance}`]);
    expect(security).toMatchObject({ code: 0 });
  });

  it('their environment is a configuration', async () => {
    const lines = (await readFile(example('slipstream.env'), 'utf8')).split('\n').filter((line) => /^[A-Z]/.test(line));
    const env = Object.fromEntries(lines.map((line) => line.split(/=(.*)/s).slice(0, 2)));
    await writeFile(join(folder, 'mongodb'), 'mongodb://db/slipstream\n');
    const given = { PATH: process.env.PATH, ...env, MONGODB_URI_FILE: join(folder, 'mongodb') };
    const check = ['check', '--service', 'gateway'];
    expect(await run(process.execPath, [join(ROOT, 'tools/slipstream.mjs'), ...check], given)).toMatchObject({
      code: 0,
    });
  });
});

describe('Prometheus', () => {
  it('can use the configuration and the rules', async () => {
    expect(await run('promtool', ['check', 'config', example('prometheus/prometheus.yml')])).toMatchObject({ code: 0 });
    const rules = join(ROOT, 'k8s/monitoring/rules.test.yml');
    expect(await run('promtool', ['test', 'rules', rules])).toMatchObject({ code: 0 });
  });
});

async function freePort(): Promise<number> {
  const server = createNetServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}

/** A pod that answers with the header fields that it got. */
async function startPod(): Promise<string> {
  const pod: Server = createServer((request, response) => response.end(JSON.stringify(request.headers)));
  pod.listen(0, '127.0.0.1');
  await once(pod, 'listening');
  onTestFinished(() => (pod.closeAllConnections(), void pod.close()));
  return `http://127.0.0.1:${(pod.address() as AddressInfo).port}`;
}

async function startNginx(gatewayUrl: string): Promise<{ tls: number; plain: number }> {
  const [tls, plain] = [await freePort(), await freePort()];
  const { cert, private: key } = await generate([{ name: 'commonName', value: 'chat.example.org' }], { keyType: 'ec' });
  await Promise.all([writeFile(join(folder, 'tls.crt'), cert), writeFile(join(folder, 'tls.key'), key)]);
  const site = (await readFile(example('nginx/slipstream.conf'), 'utf8'))
    .replaceAll('/etc/slipstream/tls', folder)
    .replace('127.0.0.1:8080', new URL(gatewayUrl).host)
    .replace('listen 443', `listen 127.0.0.1:${tls}`)
    .replace('listen 80', `listen 127.0.0.1:${plain}`);
  await writeFile(join(folder, 'site.conf'), site);
  await writeFile(
    join(folder, 'nginx.conf'),
    `pid ${folder}/pid; error_log stderr; events {} http { access_log off; include ${folder}/site.conf; }`,
  );
  const nginx = spawn('nginx', ['-p', folder, '-c', 'nginx.conf', '-g', 'daemon off;'], { stdio: 'ignore' });
  onTestFinished(async () => {
    nginx.kill('SIGTERM');
    await once(nginx, 'exit');
  });
  await vi.waitFor(() => fetch(`http://127.0.0.1:${plain}/`, { redirect: 'manual' }), { timeout: 20_000 });
  return { tls, plain };
}

describe('nginx in front', () => {
  it('passes on requests, and says where they came from', async () => {
    const gateway = await startGateway([await startPod()], {}, { TRUSTED_PEERS: 'loopback' });
    onTestFinished(() => gateway.stop());
    const { tls, plain } = await startNginx(gateway.url);
    const session = connectHttp2(`https://127.0.0.1:${tls}`, { rejectUnauthorized: false });
    onTestFinished(() => session.close());
    const stream = session.request({
      ':path': '/page',
      ':authority': 'chat.example.org',
      'x-forwarded-for': '192.0.2.1',
    });
    const seen = JSON.parse((await stream.toArray()).join('')) as IncomingHttpHeaders;
    expect(seen).toMatchObject({
      host: 'chat.example.org',
      'x-forwarded-proto': 'https',
      'x-forwarded-for': expect.not.stringContaining('192.0.2.1') as string,
    });
    const redirected = await fetch(`http://127.0.0.1:${plain}/a?b`, {
      redirect: 'manual',
      headers: { host: 'evil.example' },
    });
    expect([redirected.status, redirected.headers.get('location')]).toEqual([308, 'https://chat.example.org/a?b']);
  });
});
