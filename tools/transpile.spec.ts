import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { outputOf, transpile } from './transpile.mjs';

let root: string;
let source: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'slipstream-transpile-'));
  source = join(root, 'libs', 'cache', 'src', 'memory', 'store.ts');
  mkdirSync(dirname(source), { recursive: true });
  const compilerOptions = { target: 'es2024', module: 'nodenext', sourceMap: true, experimentalDecorators: true };
  writeFileSync(join(root, 'tsconfig.base.json'), JSON.stringify({ compilerOptions }));
  writeFileSync(join(root, 'package.json'), '{"type":"module"}');
});
afterAll(() => rmSync(root, { recursive: true }));

describe('transpile', () => {
  it('writes JavaScript and a source map where the build does', async () => {
    writeFileSync(source, `import { type A } from './a.js';\nexport const twice = (n: number): number => n * 2;\n`);
    expect(await transpile(root, source)).toEqual([]);
    const output = join(root, 'libs', 'cache', 'dist', 'memory', 'store.js');
    expect(outputOf(root, source)).toBe(output);
    expect(readFileSync(output, 'utf8')).toContain('export const twice = (n) => n * 2;');
    const map = JSON.parse(readFileSync(`${output}.map`, 'utf8')) as { sources: string[] };
    expect(map.sources).toEqual(['../../src/memory/store.ts']);
  });

  it('reports syntax errors by file and line, and leaves what was built', async () => {
    const output = outputOf(root, source);
    writeFileSync(output, 'built');
    writeFileSync(source, `export const one = 1;\nexport const = 2;\n`);
    const [error] = await transpile(root, source);
    expect(error).toMatch(/^libs.cache.src.memory.store\.ts:2: /);
    expect(readFileSync(output, 'utf8')).toBe('built');
  });

  it('ignores a file that was removed', async () => {
    const removed = join(root, 'libs', 'cache', 'src', 'removed.ts');
    expect(await transpile(root, removed)).toEqual([]);
    expect(existsSync(outputOf(root, removed))).toBe(false);
  });
});
