import { existsSync, mkdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { findOnPath, runQuietly, tail } from '../run.mjs';
import { aptInstall, isRootOnDebian } from './apt.mjs';
import { Unavailable } from './unavailable.mjs';

const VERSION = 'v2.5.0';
const BUILD_WITHIN_MS = 5 * 60_000;

/** Where Go's own installer puts it, which not every PATH has. */
const GO_BIN = '/usr/local/go/bin';

/**
 * Makes sure of toxiproxy's server, which stands between two ends of a connection and does harm: built from its Go
 * module, once.
 * @param {Pick<import('./discovery.mjs').Context, 'cacheDir' | 'consentToInstall' | 'env' | 'log'>} context
 * @returns {Promise<string>} its path
 * @throws {Unavailable}
 */
export async function ensureToxiproxy(context) {
  const { cacheDir, env, log } = context;
  const binary = join(cacheDir, `toxiproxy-server-${VERSION}`);
  if (existsSync(binary)) return binary;
  const go = findGo(env) ?? (await installGo(context));
  log(`Building toxiproxy ${VERSION} with ${go}`);
  const target = join(cacheDir, `toxiproxy-build-${process.pid}`);
  mkdirSync(target, { recursive: true });
  const { code, output } = await runQuietly(go, ['install', `github.com/Shopify/toxiproxy/v2/cmd/server@${VERSION}`], {
    env: { ...env, GOBIN: target },
    timeoutMs: BUILD_WITHIN_MS,
  });
  if (code !== 0) throw new Unavailable(`go install of toxiproxy ${VERSION} failed: ${tail(output, 3)}`);
  renameSync(join(target, 'server'), binary);
  return binary;
}

const findGo = (env) => findOnPath('go', { ...env, PATH: `${env.PATH}:${GO_BIN}` });

async function installGo({ consentToInstall, env, log }) {
  if (!consentToInstall || !isRootOnDebian())
    throw new Unavailable('toxiproxy is built with Go, which is not on PATH: install golang-go (1.19 or newer)');
  log('Installing golang-go with apt-get, for toxiproxy');
  await aptInstall(['golang-go'], env);
  return findGo(env);
}
