import { join } from 'node:path';
import { findOnPath } from '../run.mjs';
import { shortPath } from './discovery.mjs';
import { startInstance } from './instance.mjs';
import { mongodbUrl, primaryAnswers } from './mongodb-primary.mjs';
import { installFromPypi } from './pypi-venv.mjs';
import { Unavailable } from './unavailable.mjs';

const SECANTUS_VERSION = '0.7.0b3';

/**
 * SecantusDB speaks MongoDB's wire protocol, with transactions and change streams. It stands in where no mongod can be
 * had.
 * @type {import('./discovery.mjs').Candidate<string>}
 */
export const secantusOnPath = {
  name: 'secantusd-rs',
  wayOut: "put SecantusDB's Rust server on PATH as secantusd-rs",
  async find({ env }) {
    const binary = findOnPath('secantusd-rs', env);
    if (!binary) throw new Unavailable('secantusd-rs is not on PATH');
    return binary;
  },
  start(binary, context) {
    return startSecantus(this.name, binary, 'SecantusDB (secantusd-rs)', context);
  },
};

/** @type {import('./discovery.mjs').Candidate<string>} */
export const secantusFromPypi = {
  name: 'secantusd-py',
  wayOut: `have python3 (3.10 or newer, with venv) on PATH and PyPI in reach, for SecantusDB ${SECANTUS_VERSION}`,
  async find({ env }) {
    const python = findOnPath('python3', env);
    if (!python) throw new Unavailable('python3 is not on PATH');
    return python;
  },
  async start(python, context) {
    const binary = join(
      await installFromPypi(python, { name: 'SecantusDB', version: SECANTUS_VERSION }, context),
      'secantusd-py',
    );
    return startSecantus(this.name, binary, `SecantusDB ${SECANTUS_VERSION} from PyPI`, context);
  },
};

async function startSecantus(candidate, binary, title, { dataDir, env }) {
  const instance = await startInstance({
    candidate,
    dataDir,
    portCount: 1,
    plan: ({ home, ports }) => [{ command: binary, args: serverArguments(home, ports[0]), env, mark: home }],
    ready: ([port]) => primaryAnswers(port),
  });
  const [port] = instance.ports;
  return {
    url: mongodbUrl(port),
    how:
      `${title} on port ${port}, data in ${shortPath(instance.home)}: a stand-in for trials; for real ` +
      'use set MONGODB_URI to a MongoDB',
    stop: instance.stop,
  };
}

function serverArguments(home, port) {
  const options = { host: '127.0.0.1', port, 'storage-path': home, 'cache-size': '256M', 'log-level': 'WARNING' };
  return Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]);
}
