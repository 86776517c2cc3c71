import { existsSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { importedFile, packageSources, sourcesIn } from './source-files.mjs';

/** Imports, exports and import types, as prettier writes them; a type that is imported makes a cycle, too. */
const SPECIFIER = /\b(?:from |import |import\()'([^']+)'/g;

/**
 * Which source file imports which, over all apps and libraries, type imports included.
 * @param {string} root the checkout
 * @returns {Map<string, string[]>} paths from the root
 */
export function importGraph(root) {
  const packages = packageSources(root);
  const files = ['apps', 'libs'].flatMap((kind) => sourcesIn(join(root, kind)));
  return new Map(
    files.map((file) => [relative(root, file), importsOf(file, packages).map((imported) => relative(root, imported))]),
  );
}

/**
 * The groups of files that import each other, directly or through others (Tarjan's strongly connected components).
 * @param {Map<string, string[]>} graph
 * @returns {string[][]} each group sorted
 */
export function cyclesIn(graph) {
  const search = { graph, order: new Map(), low: new Map(), stack: [], groups: [] };
  for (const file of graph.keys()) if (!search.order.has(file)) visit(file, search);
  return search.groups;
}

function visit(file, search) {
  const { graph, order, low, stack } = search;
  order.set(file, order.size);
  low.set(file, order.get(file));
  stack.push(file);
  for (const imported of graph.get(file) ?? []) {
    if (!order.has(imported)) visit(imported, search);
    if (stack.includes(imported)) low.set(file, Math.min(low.get(file), low.get(imported)));
  }
  if (low.get(file) === order.get(file)) closeGroup(file, search);
}

function closeGroup(file, { graph, stack, groups }) {
  const group = stack.splice(stack.indexOf(file));
  if (group.length > 1 || graph.get(file)?.includes(file)) groups.push(group.sort());
}

function importsOf(file, packages) {
  return [...readFileSync(file, 'utf8').matchAll(SPECIFIER)].flatMap(([, specifier]) => {
    const target = importedFile(file, specifier, packages);
    return target !== undefined && existsSync(target) ? [target] : [];
  });
}
