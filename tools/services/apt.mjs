import { existsSync } from 'node:fs';
import { runQuietly, tail } from '../run.mjs';
import { Unavailable } from './unavailable.mjs';

const INSTALL_WITHIN_MS = 10 * 60_000;

/**
 * Whether system packages can be installed here at all: as root on Debian or what is made from it.
 */
export function isRootOnDebian() {
  return process.getuid?.() === 0 && existsSync('/etc/debian_version');
}

/**
 * Installs a Debian package, and goes on with the candidate that it makes possible.
 * @template Found
 * @param {string} debianPackage
 * @param {import('./discovery.mjs').Candidate<Found>} candidate
 * @returns {import('./discovery.mjs').Candidate<void>}
 */
export function aptInstalled(debianPackage, candidate) {
  return {
    name: `apt-get install ${debianPackage}`,
    wayOut: `as root on Debian, set SLIPSTREAM_INSTALL=yes to have ${debianPackage} installed`,
    async find({ consentToInstall }) {
      if (!isRootOnDebian()) throw new Unavailable('not root on Debian');
      if (!consentToInstall) throw new Unavailable('SLIPSTREAM_INSTALL is not set');
    },
    async start(_found, context) {
      context.log(`Installing ${debianPackage} with apt-get`);
      await aptInstall([debianPackage], context.env);
      return candidate.start(await candidate.find(context), context);
    },
  };
}

/**
 * @param {string[]} packages
 * @param {NodeJS.ProcessEnv} env
 * @throws {Unavailable}
 */
export async function aptInstall(packages, env) {
  // Runlevel 1 keeps Debian's scripts from starting the service that we are about to start privately.
  const quietEnv = { ...env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' };
  await apt(['update', '--quiet'], quietEnv);
  await apt(
    ['install', '--yes', '--quiet', '--no-install-recommends', '-o', 'DPkg::Lock::Timeout=300', ...packages],
    quietEnv,
  );
}

async function apt(args, env) {
  const { code, output } = await runQuietly('apt-get', args, { env, timeoutMs: INSTALL_WITHIN_MS });
  if (code !== 0) throw new Unavailable(`apt-get ${args[0]} failed: ${tail(output, 1)}`);
}
