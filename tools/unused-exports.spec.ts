import { describe, expect, it } from 'vitest';
import { packageOf, plantedCheckout } from './testing/planted-checkout.js';
import { unusedExports } from './unused-exports.mjs';
import { ROOT } from './workspace.mjs';

/** Exports that no file imports, each with the reason to keep it. */
const DOCUMENTED = {
  'contracts: InvalidQueueError': 'callers of the queue API catch it by its class, as the specification names it',
};

/** What is unused in a checkout with a library `x`, and an app that imports of it what the line says. */
const unusedIn = (files: Record<string, string>): string[] =>
  unusedExports(
    plantedCheckout({
      'libs/x/package.json': packageOf('x'),
      'libs/x/src/index.ts': `export { a } from './a.js';`,
      'libs/x/src/a.ts': 'export const a = 1;',
      'apps/y/src/main.ts': `import { a } from '@slipstream/x'; a;`,
      ...files,
    }),
  );

it('leaves no export without an importer, but those that are kept for other programs', () => {
  expect(unusedExports(ROOT)).toEqual(Object.keys(DOCUMENTED));
}, 60_000);

describe('an export of a library', () => {
  it.each([
    ['an import', `import { a } from '@slipstream/x';`],
    ['an import of its type', `import type { a } from '@slipstream/x';`],
    ['an import under another name', `import { a as b } from '@slipstream/x';`],
    ['an import of everything', `import * as x from '@slipstream/x';`],
    ['an import at run time', `await import('@slipstream/x');`],
    ['an inline type', `type A = typeof import('@slipstream/x').a;`],
  ])('is used by %s', (_, text) => {
    expect(unusedIn({ 'apps/y/src/main.ts': text })).toEqual([]);
  });

  it.each([
    ['nothing', {}],
    ['a spec', { 'apps/y/src/main.spec.ts': `import { a } from '@slipstream/x';` }],
    ['a helper of specs', { 'apps/y/src/testing/it.ts': `import { a } from '@slipstream/x';` }],
    ['its own library', { 'libs/x/src/b.ts': `import { a } from './a.js'; a;` }],
  ])('is unused with an import by %s', (_, files) => {
    expect(unusedIn({ 'apps/y/src/main.ts': '', ...files })).toContain('x: a');
  });

  it('that comes with a whole file needs an importer beside it', () => {
    const index = { 'libs/x/src/index.ts': `export * from './a.js';`, 'apps/y/src/main.ts': '' };
    expect(unusedIn(index)).toContain('x: a');
    expect(unusedIn({ ...index, 'libs/x/src/b.ts': `import { a } from './a.js'; a;` })).toEqual([]);
  });
});

describe('an export of a file', () => {
  it.each([
    ['another file imports it', `import { b } from './b.js';`, 'export const b = 1;', []],
    ['its own file uses it', '', 'export const b = 1; b;', []],
    ['nothing uses it', '', 'export const b = 1;', ['libs/x/src/b.ts: b']],
  ])('when %s', (_, importer, text, expected) => {
    expect(unusedIn({ 'libs/x/src/b.ts': text, 'libs/x/src/c.ts': importer })).toEqual(expected);
  });
});
