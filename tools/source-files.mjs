import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * The source file of each import path that the apps and libraries export.
 * @param {string} root the checkout
 * @returns {Map<string, string>}
 */
export function packageSources(root) {
  const folders = ['apps', 'libs'].flatMap((kind) => foldersIn(join(root, kind)));
  return new Map(
    folders.flatMap((folder) => {
      const file = join(folder, 'package.json');
      if (!existsSync(file)) return [];
      const { name, exports = {} } = JSON.parse(readFileSync(file, 'utf8'));
      return Object.entries(exports)
        .filter(([, target]) => target.source !== undefined)
        .map(([path, target]) => [name + path.slice(1), join(folder, target.source)]);
    }),
  );
}

/**
 * The source file that an import names, undefined for a package of others.
 * @param {string} file where the import stands
 * @param {string} specifier
 * @param {Map<string, string>} packages of {@link packageSources}
 */
export const importedFile = (file, specifier, packages) =>
  specifier.startsWith('.') ? join(dirname(file), specifier).replace(/\.js$/, '.ts') : packages.get(specifier);

/** The folders of a folder, without build output and packages. @param {string} folder */
export const foldersIn = (folder) =>
  existsSync(folder)
    ? readdirSync(folder, { withFileTypes: true })
        .filter(isFolder)
        .map((entry) => join(folder, entry.name))
    : [];

const isFolder = (entry) => entry.isDirectory() && entry.name !== 'dist' && entry.name !== 'node_modules';

/**
 * The sources of a folder, at any depth.
 * @param {string} folder
 * @param {RegExp} name of a source
 * @returns {string[]}
 */
export function sourcesIn(folder, name = /(?<!\.d)\.ts$/) {
  const own = existsSync(folder) ? readdirSync(folder).filter((file) => name.test(file)) : [];
  return [...own.map((file) => join(folder, file)), ...foldersIn(folder).flatMap((each) => sourcesIn(each, name))];
}
