import type { RedisFacts } from '@slipstream/redis';
import { clockFinding } from './clock-check.js';
import type { Deployment } from './deployment.js';
import { error, ok, warning, type Finding } from './finding.js';

/** Commands and subscriptions. */
const CONNECTIONS_PER_PROCESS = 2;
const MIN_VERSION = 7;

/** Checks one Redis server. */
export function redisFindings(facts: RedisFacts, { processes }: Deployment, nowMs: number): Finding[] {
  return [
    versionFinding(facts),
    evictionFinding(facts),
    connectionsFinding(facts, processes * CONNECTIONS_PER_PROCESS),
    clockFinding('redis', facts.timeMs, nowMs),
  ];
}

function versionFinding({ version }: RedisFacts): Finding {
  return Number.parseInt(version) < MIN_VERSION
    ? warning('redis.version', `Redis ${version} is not tested`, `upgrade to Redis ${MIN_VERSION} or newer`)
    : ok('redis.version', `Redis ${version}`);
}

function evictionFinding({ evictionPolicy, maxMemoryBytes }: RedisFacts): Finding {
  const check = 'redis.eviction';
  const remedy = 'set maxmemory, and maxmemory-policy volatile-lru: only cached values have a time to live';
  if (maxMemoryBytes === 0) return warning(check, 'maxmemory is not set: a full machine ends Redis', remedy);
  if (evictionPolicy.startsWith('allkeys'))
    return error(check, `maxmemory-policy ${evictionPolicy} may delete purge records and event logs`, remedy);
  return evictionPolicy === 'noeviction'
    ? warning(check, 'maxmemory-policy noeviction refuses all writes when the memory is full', remedy)
    : ok(check, `maxmemory-policy ${evictionPolicy}`);
}

function connectionsFinding({ maxClients, clients }: RedisFacts, needed: number): Finding {
  const check = 'redis.connections';
  if (maxClients === undefined) return ok(check, `${needed} needed`);
  return needed > maxClients
    ? error(
        check,
        `all processes need ${needed} connections; maxclients is ${maxClients}`,
        `raise maxclients of Redis above ${needed}, and its limit of open files`,
      )
    : ok(check, `${needed} needed, ${clients} open, ${maxClients} allowed`);
}
