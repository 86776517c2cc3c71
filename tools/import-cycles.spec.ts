import { describe, expect, it } from 'vitest';
import { cyclesIn, importGraph } from './import-cycles.mjs';
import { packageOf, plantedCheckout } from './testing/planted-checkout.js';
import { ROOT } from './workspace.mjs';

const cyclesOf = (files: Record<string, string>): string[][] => cyclesIn(importGraph(plantedCheckout(files)));

describe('import cycles', () => {
  it('are nowhere in apps and libraries', () => {
    expect(cyclesIn(importGraph(ROOT))).toEqual([]);
  });

  it('are found between two files', () => {
    expect(
      cyclesOf({ 'libs/x/src/a.ts': `import { b } from './b.js';`, 'libs/x/src/b.ts': `import { a } from './a.js';` }),
    ).toEqual([['libs/x/src/a.ts', 'libs/x/src/b.ts']]);
  });

  it.each([
    ['of types', `import type { A } from './a.js';`],
    ['of inline types', `type A = import('./a.js').A;`],
    ['for effects', `import './a.js';`],
    ['by exports', `export * from './a.js';`],
    ['over lines', `import {\n  a,\n} from './a.js';`],
    ['through a third file', `import { c } from './c.js';`],
  ])('are found %s', (_, text) => {
    const c = `import { a } from './a.js';`;
    expect(
      cyclesOf({ 'libs/x/src/a.ts': `import { b } from './b.js';`, 'libs/x/src/b.ts': text, 'libs/x/src/c.ts': c }),
    ).toHaveLength(1);
  });

  it('are found between packages', () => {
    expect(
      cyclesOf({
        'libs/x/package.json': packageOf('x'),
        'libs/y/package.json': packageOf('y'),
        'libs/x/src/index.ts': `import { y } from '@slipstream/y';`,
        'libs/y/src/index.ts': `import { x } from '@slipstream/x';`,
      }),
    ).toEqual([['libs/x/src/index.ts', 'libs/y/src/index.ts']]);
  });

  it('are none where imports go one way', () => {
    expect(
      cyclesOf({ 'libs/x/src/a.ts': `import './b.js'; import './c.js';`, 'libs/x/src/b.ts': `import './c.js';` }),
    ).toEqual([]);
  });
});
