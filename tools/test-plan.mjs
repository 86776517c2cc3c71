import { existsSync, readdirSync } from 'node:fs';
import { join, sep } from 'node:path';

/** Where `npm test` looks for specs. */
const FOLDERS = ['apps', 'libs', 'tools', 'e2e'];
const IGNORED = new Set(['node_modules', 'dist']);

/**
 * What a run of tests needs.
 * @typedef {object} TestPlan
 * @property {boolean} isWhole whether everything is checked and tested
 * @property {boolean} hasUnit
 * @property {boolean} hasIntegration
 * @property {boolean} hasE2e
 * @property {string[]} projects folders of the projects to build
 */

/**
 * Decides what to build and which services to start for the filters of a run. Vitest takes a filter as a part of a
 * path; so does this. Filters that match no path, such as the value of an option, restrict nothing here.
 * @param {string} root the checkout
 * @param {string[]} filters as vitest gets them, options included
 * @returns {TestPlan}
 */
export function planTests(root, filters) {
  const all = FOLDERS.flatMap((folder) => specsIn(root, folder));
  const matching = all.filter((path) => filters.some((filter) => isPartOf(path, filter)));
  const specs = matching.length > 0 ? matching : all;
  return {
    isWhole: filters.length === 0,
    hasUnit: specs.some((path) => path.endsWith('.spec.ts')),
    hasIntegration: specs.some((path) => path.endsWith('.int-spec.ts')),
    hasE2e: specs.some((path) => path.endsWith('.e2e-spec.ts')),
    projects: projectsOf(root, specs),
  };
}

/** Vitest's filters may end in a line number. */
const isPartOf = (path, filter) => !filter.startsWith('-') && path.includes(filter.replace(/:\d+$/, ''));

/** The projects that hold the specs; all apps for those of whole systems, and none for those of tools. */
function projectsOf(root, specs) {
  const own = specs.map((path) => path.split('/').slice(0, 2).join('/')).filter(isProject);
  const apps = specs.some((path) => path.startsWith('e2e/')) ? foldersIn(join(root, 'apps')) : [];
  return [...new Set([...own, ...apps.map((name) => `apps/${name}`)])].sort();
}

const isProject = (folder) => folder.startsWith('apps/') || folder.startsWith('libs/');

const foldersIn = (folder) =>
  existsSync(folder)
    ? readdirSync(folder, { withFileTypes: true })
        .filter((entry) => entry.isDirectory())
        .map(({ name }) => name)
    : [];

/** @returns {string[]} paths from the root, with slashes */
function specsIn(root, folder) {
  if (!existsSync(join(root, folder))) return [];
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return IGNORED.has(entry.name) ? [] : specsIn(root, path);
    return /[.-]spec\.ts$/.test(entry.name) ? [path.split(sep).join('/')] : [];
  });
}
