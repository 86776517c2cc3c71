import { Redis } from 'ioredis';
import { freePort, PrivateRedis } from './private-redis.js';

const NODES = 3;
const SLOTS = 16_384;
const POLL_MS = 50;

/** A Redis Cluster of a test's own: three primaries on this machine. */
export class PrivateRedisCluster {
  private constructor(private readonly nodes: readonly PrivateRedis[]) {}

  /** Resolves once every node knows who has which slot. */
  static async start(): Promise<PrivateRedisCluster> {
    const busPorts = await Promise.all(Array.from({ length: NODES }, freePort)); // the usual ones, 10,000 above the others, may be too high for ports
    const nodes = await Promise.all(busPorts.map((port) => PrivateRedis.start('--cluster-enabled', 'yes', '--cluster-port', String(port))));
    const clients = nodes.map(({ port }) => new Redis(port, '127.0.0.1'));
    try {
      await Promise.all(clients.map((client, index) => client.call('CLUSTER', 'ADDSLOTSRANGE', ...slotsOf(index).map(String))));
      await Promise.all(nodes.map(({ port }, index) => clients[0]?.call('CLUSTER', 'MEET', '127.0.0.1', String(port), String(busPorts[index]))));
      await Promise.all(clients.map(untilWhole));
    } finally {
      for (const client of clients) client.disconnect();
    }
    return new PrivateRedisCluster(nodes);
  }

  get url(): string {
    return `redis+cluster://${this.nodes.map(({ port }) => `127.0.0.1:${port}`).join(',')}`;
  }

  async end(): Promise<void> {
    await Promise.all(this.nodes.map((node) => node.end()));
  }
}

const slotsOf = (node: number): [first: number, last: number] => [Math.ceil((node * SLOTS) / NODES), Math.ceil(((node + 1) * SLOTS) / NODES) - 1];

async function untilWhole(node: Redis): Promise<void> {
  for (;;) {
    const info = String(await node.cluster('INFO'));
    if (info.includes('cluster_state:ok') && info.includes(`cluster_size:${NODES}`)) return;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}
