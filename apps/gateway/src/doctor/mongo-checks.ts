import type { Config } from '@slipstream/config';
import type { MongoFacts } from '@slipstream/mongo';
import { clockFinding } from './clock-check.js';
import type { Deployment } from './deployment.js';
import { error, note, ok, warning, type Finding } from './finding.js';

const MIN_VERSION = 7;
/** The driver's own, for heartbeats. */
const MONITORS_PER_PROCESS = 2;

/** Checks the MongoDB server. */
export function mongoFindings(
  facts: MongoFacts,
  { mongodb }: Pick<Config, 'mongodb'>,
  { processes }: Deployment,
  nowMs: number,
): Finding[] {
  return [
    versionFinding(facts),
    connectionsFinding(facts, processes, mongodb.maxPoolSize),
    topologyFinding(facts),
    clockFinding('mongodb', facts.timeMs, nowMs),
  ];
}

function versionFinding({ version }: MongoFacts): Finding {
  return Number.parseInt(version) < MIN_VERSION
    ? warning('mongodb.version', `MongoDB ${version} is not tested`, `upgrade to MongoDB ${MIN_VERSION} or newer`)
    : ok('mongodb.version', `MongoDB ${version}`);
}

function connectionsFinding({ maxConnections }: MongoFacts, processes: number, maxPoolSize: number): Finding {
  const check = 'mongodb.connections';
  const needed = processes * (maxPoolSize + MONITORS_PER_PROCESS);
  if (maxConnections === undefined)
    return note(check, `up to ${needed} needed; the server did not report its limit (serverStatus)`);
  return needed > maxConnections
    ? error(
        check,
        `${processes} processes with mongodb.maxPoolSize ${maxPoolSize} need up to ${needed} connections; ` +
          `the server allows ${maxConnections}`,
        `lower mongodb.maxPoolSize to ${Math.max(1, Math.floor(maxConnections / processes) - MONITORS_PER_PROCESS)}, ` +
          'or raise net.maxIncomingConnections',
      )
    : ok(check, `up to ${needed} needed, ${maxConnections} allowed`);
}

function topologyFinding({ isReplicated }: MongoFacts): Finding {
  return isReplicated
    ? ok('mongodb.replicas', 'a replica set or sharded cluster')
    : warning('mongodb.replicas', 'a single server without failover', 'run a replica set of three members');
}
