import { findOnPath } from '../run.mjs';
import { redisAnswers } from './answers.mjs';
import { aptInstalled } from './apt.mjs';
import { discover, givenUrl, shortPath } from './discovery.mjs';
import { dockerContainer } from './docker.mjs';
import { endLeftovers, startInstance } from './instance.mjs';
import { Unavailable } from './unavailable.mjs';

/** As the deployments have it: when memory is full, cached values go, and writes are not refused. */
const MEMORY = { maxmemory: '256mb', 'maxmemory-policy': 'volatile-lru' };
const toUrl = (port) => `redis://127.0.0.1:${port}`;

/** @type {import('./discovery.mjs').Candidate<string>} */
const redisServer = {
  name: 'redis-server',
  wayOut: 'install Redis 6.2 or newer, so that redis-server is on PATH',
  async find({ env }) {
    const binary = findOnPath('redis-server', env);
    if (!binary) throw new Unavailable('redis-server is not on PATH');
    return binary;
  },
  async start(binary, { dataDir, env }) {
    const instance = await startInstance({
      candidate: this.name,
      dataDir,
      portCount: 1,
      plan: ({ home, ports }) => [{ command: binary, args: serverArguments(home, ports[0]), env, mark: home }],
      ready: ([port]) => redisAnswers(port),
    });
    return {
      url: toUrl(instance.ports[0]),
      how: `private redis-server on port ${instance.ports[0]}, data in ${shortPath(instance.home)}`,
      stop: instance.stop,
    };
  },
};

export const redisCandidates = [
  givenUrl('REDIS_URL'),
  redisServer,
  dockerContainer({
    image: 'redis:7-alpine',
    port: 6379,
    dataPath: '/data',
    command: ['redis-server', ...optionsOf(MEMORY)],
    ready: redisAnswers,
    toUrl,
  }),
  aptInstalled('redis-server', redisServer),
];

/**
 * Makes sure of a Redis.
 * @param {import('./discovery.mjs').Context} context
 * @returns {Promise<import('./discovery.mjs').Service>}
 * @throws {import('../failure.mjs').Failure}
 */
export async function ensureRedis(context) {
  await endLeftovers(context.dataDir);
  return discover('Redis', redisCandidates, context);
}

function serverArguments(home, port) {
  // The title is left alone because the data folder in it is how a later run recognises this process.
  return optionsOf({ port, bind: '127.0.0.1', dir: home, ...MEMORY, 'set-proc-title': 'no' });
}

function optionsOf(options) {
  return Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]);
}
