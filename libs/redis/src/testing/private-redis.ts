import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { Redis } from 'ioredis';

const POLL_MS = 50;

/** A Redis for one test, to be killed; it saves on request. */
export class PrivateRedis {
  private child: ChildProcess | undefined;

  private constructor(
    readonly port: number,
    private readonly folder: string,
    private readonly args: readonly string[],
  ) {}

  /** @param args further options of redis-server */
  static async start(...args: string[]): Promise<PrivateRedis> {
    const redis = new PrivateRedis(await freePort(), await mkdtemp(join(tmpdir(), 'slipstream-redis-')), args);
    await redis.begin();
    return redis;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  /** Starts it again, with the saved data. */
  async begin(): Promise<void> {
    const options = [
      '--port',
      String(this.port),
      '--bind',
      '127.0.0.1',
      '--dir',
      this.folder,
      '--appendonly',
      'yes',
      '--appendfsync',
      'everysec',
      ...this.args,
    ];
    const child = spawn('redis-server', options, { stdio: ['ignore', 'pipe', 'ignore'] });
    this.child = child;
    for await (const line of createInterface(child.stdout)) if (line.includes('Ready to accept connections')) break;
    child.stdout.resume();
  }

  async kill(): Promise<void> {
    const child = this.child;
    this.child = undefined;
    if (!child) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  }

  /** Sends one command over a connection of its own. */
  async command(...[name, ...args]: [string, ...string[]]): Promise<unknown> {
    const client = new Redis(this.port, '127.0.0.1');
    try {
      return await client.call(name, ...args);
    } finally {
      client.disconnect();
    }
  }

  /** Resolves when this replica has all data of its primary. */
  async replicates(): Promise<void> {
    while (!String(await this.command('INFO', 'replication')).includes('master_link_status:up')) await delay(POLL_MS);
  }

  /** From now on its replicas lag behind. */
  async stopReplicating(): Promise<void> {
    await this.command('ACL', 'SETUSER', 'default', '-psync', '-sync');
    await this.command('CLIENT', 'KILL', 'TYPE', 'replica');
  }

  /** Keeps the saved data for {@link rollBack}. */
  async keepSnapshot(): Promise<void> {
    await rm(this.snapshot, { recursive: true, force: true });
    await cp(this.folder, this.snapshot, { recursive: true });
  }

  /** Kills it, and starts it again with the snapshot, like a restored backup. */
  async rollBack(): Promise<void> {
    await this.kill();
    await rm(this.folder, { recursive: true });
    await cp(this.snapshot, this.folder, { recursive: true });
    await this.begin();
  }

  private get snapshot(): string {
    return `${this.folder}.snapshot`;
  }

  async end(): Promise<void> {
    await this.kill();
    for (const folder of [this.folder, this.snapshot]) await rm(folder, { recursive: true, force: true });
  }
}

/** A port without a listener a moment ago. */
export async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  return port;
}
