import { INSPECT_OPTIONS } from '../inspect-options.mjs';

/**
 * An option of a command.
 * @typedef {{value?: string, isOptional?: boolean, help: string}} Option `value`: what stands for its value; without,
 *   it takes none
 */

/** @type {Record<string, Option>} */
const SERVICE = {
  service: {
    value: 'NAME',
    help: 'standalone (default), gateway, chat-worker, document-worker or notification-worker',
  },
};

/**
 * @typedef {{summary: string, operand?: string, options: Record<string, Option>, more?: string}} CommandRow
 *
 * Every command, with what it takes.
 * @type {Record<string, CommandRow>}
 */
export const COMMANDS = {
  start: {
    summary: 'Start everything in one process (npm start).',
    options: INSPECT_OPTIONS,
    more: 'Settings go into slipstream.yaml or the environment: docs/configuration.md.',
  },
  dev: {
    summary: 'The same, and again after each edit of a source (npm run dev).',
    options: INSPECT_OPTIONS,
  },
  check: {
    summary: 'Check a configuration, and start nothing.',
    operand: 'FILE',
    options: SERVICE,
    more:
      'FILE: default slipstream.yaml, or what SLIPSTREAM_CONFIG names. The environment counts ' +
      'too.\nExit code: 0 when it can be used, 1 when it has mistakes; each is printed with its file ' +
      'and line.',
  },
  doctor: {
    summary: 'Check a configuration, its stores and backends, and the settings of Open WebUI.',
    options: {
      ...SERVICE,
      replicas: { value: 'LIST', help: 'replicas of each service, such as gateway=2,chat-worker=4; default: 1 each' },
      'open-webui': {
        value: 'FILES',
        help: "Open WebUI's settings: environment files, or Kubernetes manifests; comma-separated",
      },
      'rabbitmq-management': {
        value: 'URL',
        help: "RabbitMQ's management plugin, http://USER:PASSWORD@HOST:15672, to check policies",
      },
      json: { help: 'print JSON' },
    },
    more:
      'Prints a line for each check, with a remedy. Run it where the services run: it checks the limits of ' +
      'its own machine or container.\nExit code: 1 when it finds an error.',
  },
  reload: {
    summary: 'Have a running service read its configuration again.',
    options: {
      ...SERVICE,
      url: { value: 'URL', help: 'its management listener; default: as the configuration says' },
    },
    more:
      'SLIPSTREAM_KEY: an admin key, where keys are configured.\nExit code: 0 when the configuration ' +
      'is in use, 1 when it has mistakes and the former one stays.',
  },
  key: {
    summary: 'Make an API key (npm run key).',
    options: {
      role: { value: 'ROLE', help: 'admin, service or user' },
      user: { value: 'ID', help: 'the user whose key it is; with role user only' },
      id: { value: 'NAME', help: 'name of the key in logs; default: the role and some letters' },
    },
    more: 'Prints the key, once, and the entry for keys: in slipstream.yaml, which holds only its hash.',
  },
};
