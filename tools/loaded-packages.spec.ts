import { existsSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadedPackages } from './loaded-packages.mjs';
import { packageOf, plantedCheckout } from './testing/planted-checkout.js';
import { ROOT } from './workspace.mjs';

/** `package: importer` of each package that a file of the checkout loads. */
const loadedBy = (entry: string, root = ROOT): string[] =>
  [...loadedPackages(root, join(root, entry))].map(([name, file]) => `${name}: ${relative(root, file)}`);

/** What a process loads before it bounds its heap, it loads twice. */
it('a start loads no package before the heap is bounded', () => {
  expect(loadedBy('libs/runtime/src/start.ts')).toEqual([]);
});

/** Packages that only some requests, messages or configurations need. */
const ON_DEMAND = ['@nestjs/swagger', 'ajv', 'nodemailer', 'selfsigned', 'undici', 'yaml'];

it.each([
  ['gateway', [...ON_DEMAND, '@nestjs/microservices']],
  ['chat-worker', ON_DEMAND],
  ['document-worker', ON_DEMAND],
  ['notification-worker', ON_DEMAND],
])('%s starts without packages that it may never need', (service, packages) => {
  const entry = ['main.ts', 'with-models.ts', 'create.ts'].map((file) => `apps/${service}/src/${file}`);
  const loaded = entry.filter((file) => existsSync(join(ROOT, file))).flatMap((file) => loadedBy(file));
  const runtime = loadedBy('libs/runtime/src/serve.ts');
  expect([...loaded, ...runtime].filter((line) => packages.includes(line.split(': ')[0]!))).toEqual([]);
});

describe('loaded packages', () => {
  const found = (text: string) =>
    loadedBy(
      'libs/x/src/index.ts',
      plantedCheckout({
        'libs/x/package.json': packageOf('x'),
        'libs/x/src/index.ts': text,
        'libs/x/src/a.ts': `import { z } from 'zod';`,
        'libs/y/package.json': packageOf('y'),
        'libs/y/src/index.ts': `import '@scope/inner/deep';`,
      }),
    );

  it.each([
    ['a file', `import { a } from './a.js';`, ['zod: libs/x/src/a.ts']],
    ['an export', `export * from './a.js';`, ['zod: libs/x/src/a.ts']],
    ['an import over lines', `import {\n  a,\n  type A,\n} from './a.js';`, ['zod: libs/x/src/a.ts']],
    ['another library', `import { y } from '@slipstream/y';`, ['@scope/inner: libs/y/src/index.ts']],
  ])('are found through %s', (_, text, expected) => expect(found(text)).toEqual(expected));

  it.each([
    ['a type', `import type { A } from './a.js';`],
    ['inline types', `import { type A, type B as C } from './a.js';`],
    ['an import on demand', `const load = () => import('./a.js');`],
    ['Node itself', `import { join } from 'node:path';`],
  ])('are none for %s', (_, text) => expect(found(text)).toEqual([]));
});
