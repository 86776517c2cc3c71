import { once } from 'node:events';
import { Cluster, type Redis } from 'ioredis';
import { createCommandClient } from './redis-client.js';
import { parseRedisUrl } from './redis-url.js';

/** Facts about one Redis server. */
export interface RedisFacts {
  version: string;
  /** `maxmemory-policy`. */
  evictionPolicy: string;
  /** 0: no limit. */
  maxMemoryBytes: number;
  /** `maxclients`. Undefined: not reported. */
  maxClients?: number;
  clients: number;
  timeMs: number;
}

const TIMEOUT_MS = 3_000;

/** Connects once, reads INFO and TIME of each server with keys, and disconnects. */
export async function inspectRedis(url: string): Promise<RedisFacts[]> {
  const client = createCommandClient(parseRedisUrl(url), {
    commandTimeoutMs: TIMEOUT_MS,
    connectTimeoutMs: TIMEOUT_MS,
  });
  try {
    await once(client, 'ready', { signal: AbortSignal.timeout(TIMEOUT_MS) });
    return await Promise.all((client instanceof Cluster ? client.nodes('master') : [client]).map(factsOf));
  } finally {
    client.on('error', () => undefined).disconnect();
  }
}

async function factsOf(server: Redis): Promise<RedisFacts> {
  const [info, [seconds, microseconds]] = await Promise.all([server.info(), server.time()]);
  const field = (name: string): string | undefined => new RegExp(`^${name}:(.*?)\r?$`, 'm').exec(info)?.[1];
  const number = (name: string): number | undefined => (field(name) === undefined ? undefined : Number(field(name)));
  return {
    version: field('redis_version') ?? 'unknown',
    evictionPolicy: field('maxmemory_policy') ?? 'unknown',
    maxMemoryBytes: number('maxmemory') ?? 0,
    maxClients: number('maxclients'),
    clients: number('connected_clients') ?? 0,
    timeMs: Number(seconds) * 1000 + Number(microseconds) / 1000,
  };
}
