import { setTimeout as delay } from 'node:timers/promises';
import { freePort, PrivateRedis } from './private-redis.js';

const NODES = 3;
const SLOTS = 16_384;
const POLL_MS = 50;

interface Node {
  readonly redis: PrivateRedis;
  readonly busPort: number;
}

/** A Redis Cluster for one test: three primaries on this machine. */
export class PrivateRedisCluster {
  private constructor(
    private readonly primaries: readonly Node[],
    private readonly replicas: PrivateRedis[] = [],
  ) {}

  /** Resolves when every node has all slots. */
  static async start(): Promise<PrivateRedisCluster> {
    const nodes = await Promise.all(Array.from({ length: NODES }, startNode));
    await Promise.all(nodes.map(({ redis }, index) => redis.command('CLUSTER', 'ADDSLOTSRANGE', ...slotsOf(index))));
    await Promise.all(nodes.map((node) => meet(nodes[0]!, node)));
    await Promise.all(nodes.map(({ redis }) => untilWhole(redis)));
    return new PrivateRedisCluster(nodes);
  }

  get url(): string {
    return `redis+cluster://${this.nodes.map(({ port }) => `127.0.0.1:${port}`).join(',')}`;
  }

  /** The first primaries. */
  get nodes(): readonly PrivateRedis[] {
    return this.primaries.map(({ redis }) => redis);
  }

  /** Resolves when the new replica has all data of `primary`. */
  async addReplicaOf(primary: PrivateRedis): Promise<PrivateRedis> {
    const replica = await startNode();
    this.replicas.push(replica.redis);
    const id = String(await primary.command('CLUSTER', 'MYID'));
    const known = this.primaries.find(({ redis }) => redis === primary)!;
    await meet(known, replica);
    while (!String(await replica.redis.command('CLUSTER', 'NODES')).includes(id)) await delay(POLL_MS);
    await untilWhole(replica.redis);
    await replica.redis.command('CLUSTER', 'REPLICATE', id);
    await replica.redis.replicates();
    return replica.redis;
  }

  /** The replica replaces its primary, even if it lacks data. */
  async takeOver(replica: PrivateRedis): Promise<void> {
    await replica.command('CLUSTER', 'FAILOVER', 'TAKEOVER');
    await untilWhole(replica);
  }

  async end(): Promise<void> {
    await Promise.all([...this.nodes, ...this.replicas].map((node) => node.end()));
  }
}

/** With a bus port of its own: the usual one, 10,000 above the other, may be too high for a port. */
async function startNode(): Promise<Node> {
  const busPort = await freePort();
  return { redis: await PrivateRedis.start('--cluster-enabled', 'yes', '--cluster-port', String(busPort)), busPort };
}

const meet = (one: Node, other: Node): Promise<unknown> =>
  other.redis.command('CLUSTER', 'MEET', '127.0.0.1', String(one.redis.port), String(one.busPort));

const slotsOf = (node: number): [first: string, last: string] => [
  String(Math.ceil((node * SLOTS) / NODES)),
  String(Math.ceil(((node + 1) * SLOTS) / NODES) - 1),
];

async function untilWhole(node: PrivateRedis): Promise<void> {
  for (;;) {
    const info = String(await node.command('CLUSTER', 'INFO'));
    if (info.includes('cluster_state:ok') && info.includes(`cluster_size:${NODES}`)) return;
    await delay(POLL_MS);
  }
}
