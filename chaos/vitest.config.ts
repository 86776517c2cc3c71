import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { filesAtOnce } from '../tools/testing/store-sets.mjs';

/** Servers that are killed, starved and cut off under load. As many files at a time as there are sets of stores. */
export default defineConfig({
  root: fileURLToPath(new URL('..', import.meta.url)),
  test: {
    name: 'chaos',
    include: ['chaos/**/*.chaos-spec.ts'],
    exclude: ['**/node_modules/**'],
    globalSetup: ['tools/testing/stores.setup.ts'],
    maxWorkers: filesAtOnce(process.env),
    testTimeout: 180_000,
    hookTimeout: 90_000,
  },
});
