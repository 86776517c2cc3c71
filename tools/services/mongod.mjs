import { findOnPath } from '../run.mjs';
import { shortPath } from './discovery.mjs';
import { startInstance } from './instance.mjs';
import { mongodbUrl, primaryAnswers, REPLICA_SET } from './mongodb-primary.mjs';
import { Unavailable } from './unavailable.mjs';

/** @type {import('./discovery.mjs').Candidate<string>} */
export const mongodOnPath = {
  name: 'mongod',
  wayOut: 'install MongoDB 7 or newer, so that mongod is on PATH',
  async find({ env }) {
    const binary = findOnPath('mongod', env);
    if (!binary) throw new Unavailable('mongod is not on PATH');
    return binary;
  },
  start(binary, context) {
    return startMongod(this.name, binary, context);
  },
};

/**
 * Starts a mongod as a replica set of one, which transactions and change streams need.
 * @param {string} candidate
 * @param {string} binary
 * @param {import('./discovery.mjs').Context} context
 * @returns {Promise<import('./discovery.mjs').Service>}
 */
export async function startMongod(candidate, binary, { dataDir, env }) {
  const instance = await startInstance({
    candidate,
    dataDir,
    portCount: 1,
    plan: ({ home, ports }) => [{ command: binary, args: mongodArguments(home, ports[0]), env, mark: home }],
    ready: ([port]) => primaryAnswers(port, `127.0.0.1:${port}`),
  });
  const [port] = instance.ports;
  return {
    url: mongodbUrl(port),
    how: `private ${candidate} on port ${port}, data in ${shortPath(instance.home)}`,
    stop: instance.stop,
  };
}

function mongodArguments(home, port) {
  const options = {
    dbpath: home,
    port,
    bind_ip: '127.0.0.1',
    replSet: REPLICA_SET,
    oplogSize: 128,
    wiredTigerCacheSizeGB: 0.25,
  };
  return [...Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]), '--quiet'];
}
