import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';

/** A folder with these files until the test ends. @returns its path */
export function plantedCheckout(files: Record<string, string>): string {
  const root = mkdtempSync(join(tmpdir(), 'slipstream-planted-'));
  onTestFinished(() => rmSync(root, { recursive: true }));
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), text);
  }
  return root;
}

/** The package.json of a library whose index is exported. */
export const packageOf = (name: string): string =>
  JSON.stringify({ name: `@slipstream/${name}`, exports: { '.': { source: './src/index.ts' } } });
