import { createHash, randomBytes } from 'node:crypto';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { freePort } from '../../tools/services/ports.mjs';
import { must, run } from '../shell.mjs';
import { APPS, imageOf, inspectImage } from './images.mjs';

const POLLS = 150;
const POLL_MS = 200;

/** Each image by itself: started as Kubernetes starts it, without its stores. */
export async function startImages(report, engine) {
  for (const app of APPS) {
    await report.check(`${app}: image is small, non-root and labelled`, () => inspectImage(engine, app));
    await report.check(
      `${app}: starts read-only, answers its probes, reaps orphans, bounds its heap, ends on SIGTERM`,
      () => startOnce(engine, app),
    );
  }
}

async function startOnce({ command }, app) {
  const folder = await mkdtemp(join(tmpdir(), 'slipstream-start-'));
  const name = `slipstream-check-${app}-${randomBytes(3).toString('hex')}`;
  try {
    const config = await writeConfig(folder);
    const [port, managementPort] = [await freePort(), await freePort()];
    const away = { MONGODB_URI: 'mongodb://127.0.0.1:9/slipstream', ...(app === 'standalone' ? {} : STORES_AWAY) };
    const env = { SLIPSTREAM_CONFIG: '/config/slipstream.yaml', PORT: port, MANAGEMENT_PORT: managementPort, ...away };
    const variables = Object.entries(env).flatMap(([key, value]) => ['-e', `${key}=${value}`]);
    const confined = ['--user', '65532:65532', '--read-only', '--cap-drop=all', '--security-opt', 'no-new-privileges'];
    await must(command, [
      'run',
      '-d',
      '--name',
      name,
      '--network',
      'host',
      ...confined,
      '-v',
      `${config}:/config:ro`,
      ...variables,
      imageOf(app),
    ]);
    const management = `http://127.0.0.1:${managementPort}`;
    await untilStatus(command, name, `${management}/health/live`, [200]);
    const ready = await untilStatus(command, name, `${management}/health/ready`, app === 'gateway' ? [200] : [503]);
    await hasNoShell(command, name);
    await reapsOrphans(command, name);
    await boundsHeap(command, name);
    return `ready answers ${ready} without stores; ${await stop(command, name)}`;
  } finally {
    await run(command, ['rm', '-f', name]);
    await rm(folder, { recursive: true });
  }
}

const STORES_AWAY = { REDIS_URL: 'redis://127.0.0.1:9', RABBITMQ_URL: 'amqp://127.0.0.1:9' };

async function writeConfig(folder) {
  const hash = createHash('sha256').update(randomBytes(32)).digest('hex');
  await writeFile(join(folder, 'slipstream.yaml'), `keys: [{ id: check, role: admin, hash: "sha256:${hash}" }]\n`);
  await chmod(folder, 0o755);
  return folder;
}

/** @returns {Promise<number>} the status, once it is one of these */
async function untilStatus(command, name, url, statuses) {
  let last = 'no answer';
  for (let poll = 0; poll < POLLS; poll += 1) {
    last = await fetch(url, { signal: AbortSignal.timeout(5000) }).then(
      ({ status }) => status,
      (error) => error.message,
    );
    if (statuses.includes(last)) return last;
    await delay(POLL_MS);
  }
  const { stdout, stderr } = await run(command, ['logs', '--tail', '10', name]);
  throw new Error(`${url}: ${last}\n${stdout}${stderr}`);
}

async function hasNoShell(command, name) {
  if ((await run(command, ['exec', name, '/bin/sh', '-c', 'true'])).code === 0) throw new Error('it has a shell');
}

/** A process whose parent has ended is a child of pid 1, and no zombie once it has ended too. */
async function reapsOrphans(command, name) {
  const out = await must(command, ['exec', name, '/usr/bin/node', '-e', ORPHAN]);
  if (out.trim() !== 'reaped') throw new Error(`an orphan is left: ${out}`);
}

/** Starts a child that starts a grandchild and ends; waits until the grandchild's entry in /proc is gone. */
const ORPHAN = `
  const { spawn } = require('node:child_process');
  const { existsSync } = require('node:fs');
  const child =
    'console.log(require("node:child_process").spawn(process.execPath, ["-e", "setTimeout(() => 0, 300)"], ' +
    '{ detached: true, stdio: "ignore" }).pid); process.exit()';
  spawn(process.execPath, ['-e', child]).stdout.once('data', (pid) => {
    const deadline = Date.now() + 20_000;
    const timer = setInterval(() => {
      const isGone = !existsSync('/proc/' + Number(pid));
      if (!isGone && Date.now() < deadline) return;
      clearInterval(timer);
      console.log(isGone ? 'reaped' : 'zombie');
    }, 50);
  });`;

/** The service started its Node again with the bounds of memory.maxBytes. */
async function boundsHeap(command, name) {
  const read = 'fs.readdirSync("/proc").filter(Number).map((id) => fs.readFileSync(`/proc/${id}/cmdline`, "utf8"))';
  const commands = await must(command, ['exec', name, '/usr/bin/node', '-p', `${read}.join("\\n")`]);
  if (!/--max-old-space-size=\d+\0.*main\.js/.test(commands)) throw new Error(`its heap has no bound:\n${commands}`);
}

/** SIGTERM, as an orchestrator sends it to pid 1. */
async function stop(command, name) {
  await must(command, ['stop', '-t', '60', name]);
  const code = (await must(command, ['inspect', '--format', '{{.State.ExitCode}}', name])).trim();
  if (code !== '0') throw new Error(`SIGTERM ended it with ${code}`);
  return 'SIGTERM ended it with 0';
}
