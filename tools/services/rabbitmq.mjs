import { existsSync } from 'node:fs';
import { findOnPath } from '../run.mjs';
import { amqpAnswers } from './answers.mjs';
import { aptInstalled } from './apt.mjs';
import { discover, givenUrl, shortPath } from './discovery.mjs';
import { dockerContainer } from './docker.mjs';
import { endLeftovers, startInstance } from './instance.mjs';
import { brokerProcesses } from './rabbitmq-processes.mjs';
import { Unavailable } from './unavailable.mjs';

/** Debian's wrapper on PATH changes to its own user, so the script that it calls is run instead. */
const DEBIAN_SCRIPT = '/usr/lib/rabbitmq/bin/rabbitmq-server';
const toUrl = (port) => `amqp://guest:guest@127.0.0.1:${port}`;

/** @type {import('./discovery.mjs').Candidate<{server: string, epmd: string}>} */
const rabbitmqServer = {
  name: 'rabbitmq-server',
  wayOut: 'install RabbitMQ 3.10 or newer, so that rabbitmq-server and epmd are on PATH',
  async find({ env }) {
    const onPath = findOnPath('rabbitmq-server', env);
    if (!onPath) throw new Unavailable('rabbitmq-server is not on PATH');
    const epmd = findOnPath('epmd', env);
    if (!epmd) throw new Unavailable('epmd is not on PATH');
    return { server: onPath.startsWith('/usr/sbin/') && existsSync(DEBIAN_SCRIPT) ? DEBIAN_SCRIPT : onPath, epmd };
  },
  async start(binaries, { dataDir, env }) {
    const instance = await startInstance({
      candidate: this.name,
      dataDir,
      portCount: 3,
      plan: ({ home, ports: [amqp, distribution, epmd] }) =>
        brokerProcesses({ ...binaries, home, env, ports: { amqp, distribution, epmd } }),
      ready: ([amqp]) => amqpAnswers(amqp),
    });
    return {
      url: toUrl(instance.ports[0]),
      how: `private rabbitmq-server on port ${instance.ports[0]}, data in ${shortPath(instance.home)}`,
      stop: instance.stop,
    };
  },
};

export const rabbitmqCandidates = [
  givenUrl('RABBITMQ_URL'),
  rabbitmqServer,
  dockerContainer({ image: 'rabbitmq:4', port: 5672, dataPath: '/var/lib/rabbitmq', ready: amqpAnswers, toUrl }),
  aptInstalled('rabbitmq-server', rabbitmqServer),
];

/**
 * Makes sure of a RabbitMQ.
 * @param {import('./discovery.mjs').Context} context
 * @returns {Promise<import('./discovery.mjs').Service>}
 * @throws {import('../failure.mjs').Failure}
 */
export async function ensureRabbitmq(context) {
  await endLeftovers(context.dataDir);
  return discover('RabbitMQ', rabbitmqCandidates, context);
}
