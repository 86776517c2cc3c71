import { readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { importedFile, packageSources } from './source-files.mjs';

/** An import or export that runs: neither of types, nor on demand (`import()`), as prettier writes them. */
const RUNNING = /^(?:import|export) (?:(?!type )([^;']*) from )?'([^']+)';/gm;
const ONLY_TYPES = /^\{(?:\s*type \w+(?: as \w+)?,?)+\s*\}$/;

/**
 * The packages of others that a source file loads, by itself or by files that it imports.
 * @param {string} root the checkout
 * @param {string} entry absolute path of the source file
 * @returns {Map<string, string>} each package with the file that imports it first
 */
export function loadedPackages(root, entry) {
  const packages = packageSources(root);
  const found = new Map();
  const files = new Set([entry]);
  for (const file of files) {
    for (const specifier of runningImports(readFileSync(file, 'utf8'))) {
      const imported = importedFile(file, specifier, packages);
      if (imported !== undefined) files.add(imported);
      else if (!isBuiltin(specifier) && !found.has(nameOf(specifier))) found.set(nameOf(specifier), file);
    }
  }
  return found;
}

const runningImports = (text) =>
  [...text.matchAll(RUNNING)]
    .filter(([, clause]) => clause === undefined || !ONLY_TYPES.test(clause))
    .map(([, , specifier]) => specifier);

const isBuiltin = (specifier) => specifier.startsWith('node:') || builtinModules.includes(specifier);

/** `zod` for `zod/v4`, and `@nestjs/core` for `@nestjs/core/router`. */
const nameOf = (specifier) => /^(?:@[^/]+\/)?[^/]+/.exec(specifier)[0];
