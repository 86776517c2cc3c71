import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

const LOOPBACK = '127.0.0.1';

/**
 * The two processes of a private broker: Erlang's port mapper, then the broker, which would otherwise start a mapper
 * that outlives it. Nothing of the machine's own RabbitMQ (its settings, plugins, cookie, node name) is used.
 * @param {object} options
 * @param {string} options.server
 * @param {string} options.epmd
 * @param {string} options.home
 * @param {NodeJS.ProcessEnv} options.env
 * @param {{amqp: number, distribution: number, epmd: number}} options.ports
 * @returns {import('./instance.mjs').ProcessPlan[]}
 */
export function brokerProcesses({ server, epmd, home, env, ports }) {
  writeSettings(home, ports.amqp);
  const epmdArguments = ['-port', String(ports.epmd), '-address', LOOPBACK];
  return [
    { command: epmd, args: epmdArguments, env, mark: epmdArguments.join(' ') },
    { command: server, args: distributionArguments(home), env: brokerEnvironment({ home, env, ports }), mark: home },
  ];
}

function writeSettings(home, port) {
  const settings = [
    `listeners.tcp.1 = ${LOOPBACK}:${port}`,
    'vm_memory_high_watermark.absolute = 512MB',
    'disk_free_limit.absolute = 100MB',
  ];
  writeFileSync(join(home, 'rabbitmq.conf'), `${settings.join('\n')}\n`);
  writeFileSync(join(home, 'rabbitmq-env.conf'), '');
  writeFileSync(join(home, 'enabled_plugins'), '[].\n');
}

/** Erlang ignores the unknown flag; with it the shell around the broker, too, can be recognised by the data folder. */
function distributionArguments(home) {
  return ['-kernel', 'inet_dist_use_interface', `{${LOOPBACK.replaceAll('.', ',')}}`, '-slipstream', home];
}

function brokerEnvironment({ home, env, ports }) {
  return {
    ...env,
    HOME: home,
    ERL_EPMD_PORT: String(ports.epmd),
    ERL_EPMD_ADDRESS: LOOPBACK,
    RABBITMQ_NODENAME: 'slipstream@localhost',
    RABBITMQ_NODE_PORT: String(ports.amqp),
    RABBITMQ_DIST_PORT: String(ports.distribution),
    RABBITMQ_MNESIA_BASE: join(home, 'mnesia'),
    RABBITMQ_LOG_BASE: join(home, 'log'),
    RABBITMQ_CONF_ENV_FILE: join(home, 'rabbitmq-env.conf'),
    RABBITMQ_CONFIG_FILE: join(home, 'rabbitmq.conf'),
    RABBITMQ_ADVANCED_CONFIG_FILE: join(home, 'advanced.config'),
    RABBITMQ_ENABLED_PLUGINS_FILE: join(home, 'enabled_plugins'),
  };
}
