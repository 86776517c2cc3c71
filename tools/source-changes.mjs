import { existsSync, readdirSync, watch } from 'node:fs';
import { join } from 'node:path';

/** An editor that saves several files, or one in several steps, makes one change. */
const SETTLED_AFTER_MS = 50;

/**
 * Watches the sources of all apps and libraries, specs aside.
 * @param {string} root the checkout
 * @returns {{next(): Promise<string[]>, close(): void}} next resolves to the absolute paths that were written or
 *   removed since it resolved last
 */
export function watchSources(root) {
  const changed = new Set();
  let waiting = Promise.withResolvers();
  let timer;
  const note = (path) => {
    changed.add(path);
    clearTimeout(timer);
    timer = setTimeout(() => waiting.resolve(), SETTLED_AFTER_MS);
  };
  const watchers = sourceFolders(root).map((folder) =>
    watch(folder, { recursive: true }, (_event, name) => isSource(name) && note(join(folder, name))),
  );
  return {
    async next() {
      await waiting.promise;
      waiting = Promise.withResolvers();
      const paths = [...changed];
      changed.clear();
      return paths;
    },
    close() {
      clearTimeout(timer);
      for (const watcher of watchers) watcher.close();
    },
  };
}

/** @param {string | null} name */
export const isSource = (name) => name !== null && name.endsWith('.ts') && !/[.-]spec\.ts$|\.d\.ts$/.test(name);

const sourceFolders = (root) =>
  ['apps', 'libs']
    .flatMap((kind) => readdirSync(join(root, kind)).map((project) => join(root, kind, project, 'src')))
    .filter((folder) => existsSync(folder));
