import { spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { CacheChaos } from '../testing/cache-chaos.js';
import { startProcess, trusts } from '../testing/cache-process.js';

/** A Redis of our own, to be killed; it saves what it is told to, as many an operator's does. */
class OwnRedis {
  #child: ChildProcess | undefined;

  private constructor(
    private readonly port: number,
    private readonly folder: string,
  ) {}

  static async start(): Promise<OwnRedis> {
    const probe = createServer().listen(0, '127.0.0.1');
    await once(probe, 'listening');
    const { port } = probe.address() as AddressInfo;
    probe.close();
    await once(probe, 'close');
    const redis = new OwnRedis(port, await mkdtemp(join(tmpdir(), 'slipstream-redis-')));
    await redis.begin();
    return redis;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  async begin(): Promise<void> {
    const child = spawn('redis-server', ['--port', String(this.port), '--bind', '127.0.0.1', '--dir', this.folder, '--appendonly', 'yes', '--appendfsync', 'everysec'], { stdio: ['ignore', 'pipe', 'ignore'] });
    this.#child = child;
    for await (const line of createInterface(child.stdout)) if (line.includes('Ready to accept connections')) break;
    child.stdout.resume();
  }

  async kill(): Promise<void> {
    this.#child?.kill('SIGKILL');
    if (this.#child) await once(this.#child, 'exit');
  }

  async end(): Promise<void> {
    await this.kill();
    await rm(this.folder, { recursive: true });
  }
}

let redis: OwnRedis;
beforeAll(async () => void (redis = await OwnRedis.start()));
afterAll(() => redis.end());

it('serves on, and hides no write, while Redis is killed and started again under load', async () => {
  const options = { prefix: `test-cache-${randomUUID()}:`, redisWaitMs: 50, distrustMs: 500 };
  const [writer, reader] = await Promise.all([startProcess(redis.url, options), startProcess(redis.url, options)]);
  const chaos = new CacheChaos({ writer, readers: [reader], rounds: 200 });
  const load = chaos.run();
  for (let i = 0; i < 2; i++) {
    await redis.kill();
    await redis.begin();
  }
  await load;
  await Promise.all([trusts(writer), trusts(reader)]);
  await chaos.settle();
  expect(writer.redis.isReady).toBe(true);
  await Promise.all([writer.close(), reader.close()]);
});
