import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { isSource, watchSources } from './source-changes.mjs';

function newCheckout() {
  const root = mkdtempSync(join(tmpdir(), 'slipstream-changes-'));
  const source = (kind: string, project: string) => join(root, kind, project, 'src');
  for (const folder of [source('apps', 'gateway'), source('libs', 'cache'), join(root, 'libs', 'cache', 'dist')])
    mkdirSync(folder, { recursive: true });
  const changes = watchSources(root);
  onTestFinished(() => {
    changes.close();
    rmSync(root, { recursive: true });
  });
  return { changes, gateway: source('apps', 'gateway'), cache: source('libs', 'cache') };
}

describe('watchSources', () => {
  it('names files that were written in apps and libraries', async () => {
    const { changes, gateway, cache } = newCheckout();
    writeFileSync(join(gateway, 'routes.ts'), '');
    expect(await changes.next()).toEqual([join(gateway, 'routes.ts')]);
    writeFileSync(join(cache, 'store.ts'), '');
    expect(await changes.next()).toEqual([join(cache, 'store.ts')]);
  });

  it('takes several writes as one change, also of an editor that renames', async () => {
    const { changes, cache } = newCheckout();
    writeFileSync(join(cache, 'a.ts~'), '');
    renameSync(join(cache, 'a.ts~'), join(cache, 'a.ts'));
    writeFileSync(join(cache, 'b.ts'), '');
    expect((await changes.next()).sort()).toEqual([join(cache, 'a.ts'), join(cache, 'b.ts')]);
  });

  it.each([
    ['store.ts', true],
    ['memory/store.ts', true],
    ['store.spec.ts', false],
    ['store.int-spec.ts', false],
    ['store.d.ts', false],
    ['store.ts~', false],
    [null, false],
  ])('takes %s for a source: %s', (name, isOne) => {
    expect(isSource(name)).toBe(isOne);
  });
});
