import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, get, type IncomingHttpHeaders, type IncomingMessage, type Server } from 'node:http';
import { connect as connectHttp2 } from 'node:http2';
import { createServer as createNetServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { generate } from 'selfsigned';
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { startGateway } from '../gateway.js';
import { programPath } from '../provision/program-path.js';

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
    expect(await run(programPath('promtool'), ['check', 'config', example('prometheus/prometheus.yml')])).toMatchObject(
      { code: 0 },
    );
    const rules = join(ROOT, 'k8s/monitoring/rules.test.yml');
    expect(await run(programPath('promtool'), ['test', 'rules', rules])).toMatchObject({ code: 0 });
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

/** Writes a certificate of the example's site to `tls.crt` and `tls.key`. */
async function writeCertificate(): Promise<void> {
  const { cert, private: key } = await generate([{ name: 'commonName', value: 'chat.example.org' }], { keyType: 'ec' });
  await Promise.all([writeFile(join(folder, 'tls.crt'), cert), writeFile(join(folder, 'tls.key'), key)]);
}

function runUntilEnd(command: string, args: readonly string[], env = process.env): void {
  const child = spawn(command, args, { cwd: folder, env, stdio: 'ignore' });
  onTestFinished(async () => {
    child.kill('SIGTERM');
    await once(child, 'exit');
  });
}

const answersAt = (url: string) => vi.waitFor(() => fetch(url, { redirect: 'manual' }), { timeout: 20_000 });

/** Status and Location of an answer to a request for a host of any name. */
async function redirectionAt(url: string, host: string): Promise<(number | string | undefined)[]> {
  const [answer] = (await once(get(url, { headers: { host } }), 'response')) as [IncomingMessage];
  answer.resume();
  return [answer.statusCode, answer.headers.location];
}

async function startNginx(gatewayUrl: string): Promise<{ tls: number; plain: number }> {
  const [tls, plain] = [await freePort(), await freePort()];
  await writeCertificate();
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
  runUntilEnd(programPath('nginx'), ['-p', folder, '-c', 'nginx.conf', '-g', 'daemon off;']);
  await answersAt(`http://127.0.0.1:${plain}/`);
  return { tls, plain };
}

async function startCaddy(gatewayUrl: string): Promise<{ tls: number; plain: number }> {
  const [tls, plain] = [await freePort(), await freePort()];
  await writeCertificate();
  const site = (await readFile(example('caddy/Caddyfile'), 'utf8'))
    .replace('127.0.0.1:8080', new URL(gatewayUrl).host)
    .replace('chat.example.org {', 'chat.example.org {\n\tbind 127.0.0.1\n\ttls tls.crt tls.key');
  // Caddy redirects from its HTTP port by itself
  await writeFile(join(folder, 'Caddyfile'), `{\n\tadmin off\n\thttp_port ${plain}\n\thttps_port ${tls}\n}\n${site}`);
  const own = { ...process.env, HOME: folder, XDG_DATA_HOME: folder, XDG_CONFIG_HOME: folder };
  runUntilEnd(programPath('caddy'), ['run', '--config', 'Caddyfile', '--adapter', 'caddyfile'], own);
  await answersAt(`http://127.0.0.1:${plain}/`);
  return { tls, plain };
}

describe('the model server', () => {
  it('requires its key, lists a model, and answers as a whole and as a stream', async () => {
    const port = String(await freePort());
    runUntilEnd(process.execPath, [example('model-server/server.mjs')], { PORT: port, PROVIDER_KEY: 'k' });
    const url = `http://127.0.0.1:${port}/v1`;
    expect((await answersAt(`${url}/models`)).status).toBe(401);
    const call = async (path: string, body?: object): Promise<string> => {
      const init = {
        headers: { authorization: 'Bearer k' },
        ...(body && { method: 'POST', body: JSON.stringify(body) }),
      };
      return (await fetch(url + path, init)).text();
    };
    expect(JSON.parse(await call('/models'))).toMatchObject({ data: [{ id: 'llama3.2' }] });
    const messages = [{ role: 'user', content: 'Hello you' }];
    expect(JSON.parse(await call('/chat/completions', { messages }))).toMatchObject({
      choices: [{ message: { content: 'You asked: Hello you' } }],
    });
    const events = (await call('/chat/completions', { messages, stream: true })).split('\n\n').slice(0, -1);
    expect(events.at(-1)).toBe('data: [DONE]');
    const chunks = events.slice(0, -1).map((event) => JSON.parse(event.slice('data: '.length)) as Chunk);
    expect(chunks.map(({ choices }) => choices[0].delta.content ?? '').join('')).toBe('You asked: Hello you');
  });
});

interface Chunk {
  choices: [{ delta: { content?: string } }];
}

/** The header fields that a pod gets of a browser's request over TLS. */
async function fieldsBehind(tls: number): Promise<IncomingHttpHeaders> {
  const session = connectHttp2(`https://127.0.0.1:${tls}`, {
    rejectUnauthorized: false,
    servername: 'chat.example.org',
  });
  onTestFinished(() => session.close());
  const stream = session.request({
    ':path': '/page',
    ':authority': 'chat.example.org',
    'x-forwarded-for': '192.0.2.1',
  });
  return JSON.parse((await stream.toArray()).join('')) as IncomingHttpHeaders;
}

describe.each([
  ['nginx', startNginx, 'evil.example'],
  ['Caddy', startCaddy, 'chat.example.org'], // it redirects the names of its sites only
] as const)('%s in front', (_, start, asked) => {
  it('passes on requests, says where they came from, and redirects to HTTPS', async () => {
    const gateway = await startGateway([await startPod()], {}, { TRUSTED_PEERS: 'loopback' });
    onTestFinished(() => gateway.stop());
    const { tls, plain } = await start(gateway.url);
    expect(await fieldsBehind(tls)).toMatchObject({
      host: 'chat.example.org',
      'x-forwarded-proto': 'https',
      'x-forwarded-for': expect.not.stringContaining('192.0.2.1') as string,
    });
    expect(await redirectionAt(`http://127.0.0.1:${plain}/a?b`, asked)).toEqual([308, 'https://chat.example.org/a?b']);
  });
});
