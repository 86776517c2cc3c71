import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { runVitest } from './test-steps.mjs';
import { plantedCheckout } from './testing/planted-checkout.js';

const LEAVES_A_FILE = `
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

it('leaves a file, as one that is killed does', () => {
  const file = join(mkdtempSync(join(tmpdir(), 'left-')), 'file');
  writeFileSync(file, '');
  writeFileSync(join(import.meta.dirname, 'left.txt'), file);
});
`;

const CONFIG = 'export default { test: { globals: true } };';

it('deletes the temporary files that tests leave', async () => {
  const root = plantedCheckout({ 'leaves.spec.mjs': LEAVES_A_FILE, 'vitest.config.mjs': CONFIG });
  const run = { env: process.env, filters: [], signal: new AbortController().signal };
  const counts = await runVitest(run, ['--root', root]);
  expect(counts).toMatchObject({ passed: 1, failed: 0 });
  const left = readFileSync(join(root, 'left.txt'), 'utf8');
  expect(existsSync(dirname(left))).toBe(false);
});
