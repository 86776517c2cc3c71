import { existsSync, globSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT } from './workspace.mjs';

const LIBRARIES = readdirSync(join(ROOT, 'libs'));

const sourcesOf = (library: string): string[] => globSync(join(ROOT, 'libs', library, 'src/**/*.ts'));

/** Names that a library exports, from its index or through whole files. */
const exportsOf = (library: string): ReadonlySet<string> =>
  new Set(
    sourcesOf(library)
      .filter((file) => !/spec\.ts$/.test(file))
      .flatMap((file) => [
        ...readFileSync(file, 'utf8').matchAll(/export (?:abstract )?(?:class|function|const|interface|type) (\w+)/g),
      ])
      .map(([, name]) => name as string),
  );

const EXPORTED = new Set(LIBRARIES.flatMap((library) => [...exportsOf(library)]));

const codeOf = (markdown: string): string =>
  [...markdown.matchAll(/^```ts\n([^]*?)^```/gm)].map(([, code]) => code).join('\n');

/** Classes that the examples of a README construct, and that no library exports. */
const unknownClasses = (markdown: string): string[] =>
  [...codeOf(markdown).matchAll(/\bnew ([A-Z]\w+)/g)]
    .map(([, name]) => name as string)
    .filter((name) => !EXPORTED.has(name) && !(name in globalThis));

/** Files that a README names, and that its library does not have. */
const unknownFiles = (markdown: string, library: string): string[] => {
  const files = new Set(sourcesOf(library).map((file) => basename(file)));
  return [...markdown.matchAll(/`([\w./-]+\.ts)`/g)]
    .map(([, path]) => path as string)
    .filter((path) => !files.has(basename(path)));
};

describe.each(LIBRARIES)('the README of %s', (library) => {
  const path = join(ROOT, 'libs', library, 'README.md');
  const text = existsSync(path) ? readFileSync(path, 'utf8') : '';

  it('names its package, and only classes and files that exist', () => {
    expect(text.split('\n', 1)).toEqual([`# @slipstream/${library}`]);
    expect(unknownClasses(text)).toEqual([]);
    expect(unknownFiles(text, library)).toEqual([]);
  });
});

describe('a README', () => {
  it.each([
    ['```ts\nnew LoadBalancer({});\n```', []],
    ['```ts\nnew Member({}, new URL(url));\n```', ['Member']],
  ])('%j constructs unknown classes: %j', (text, expected) => {
    expect(unknownClasses(text)).toEqual(expected);
  });

  it.each([
    ['`src/pool/picker.ts`', []],
    ['`member.ts`', ['member.ts']],
  ])('%j names unknown files: %j', (text, expected) => {
    expect(unknownFiles(text, 'balancer')).toEqual(expected);
  });
});
