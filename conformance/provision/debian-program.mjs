import { findOnPath } from '../../tools/run.mjs';
import { aptInstall, isRootOnDebian } from '../../tools/services/apt.mjs';
import { Unavailable } from '../../tools/services/unavailable.mjs';

/** Servers that only root starts lie there. */
const ADMIN_PATH = { PATH: '/usr/local/sbin:/usr/sbin' };

/**
 * Finds a program, or installs its Debian package.
 * @param {string | string[]} debianPackages the first one is called like the program, unless `names` says otherwise
 * @param {string[]} names of its executable; the first one that is found counts
 * @returns {(context: {env: NodeJS.ProcessEnv, consentToInstall: boolean, log: (line: string) => void}) =>
 * Promise<string>} finds its path, or throws Unavailable
 */
export const debianProgram =
  (debianPackages, names = [debianPackages].flat().slice(0, 1)) =>
  async ({ env, consentToInstall, log }) => {
    const find = () => names.map((name) => findOnPath(name, env) ?? findOnPath(name, ADMIN_PATH)).find(Boolean);
    const found = find();
    if (found) return found;
    if (!isRootOnDebian() || !consentToInstall) throw new Unavailable(`install ${names[0]}, so that it is on PATH`);
    const packages = [debianPackages].flat();
    log(`Installing ${packages.join(' ')} with apt-get`);
    await aptInstall(packages, env);
    const installed = find();
    if (!installed) throw new Unavailable(`apt-get has installed no ${names[0]}`);
    return installed;
  };
