import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { filesAtOnce } from '../tools/testing/store-sets.mjs';

/** Whole systems of built services, over HTTP only. As many files at a time as there are sets of stores. */
export default defineConfig({
  root: fileURLToPath(new URL('..', import.meta.url)),
  test: {
    name: 'e2e',
    include: ['e2e/src/**/*.e2e-spec.ts'],
    globalSetup: ['tools/testing/stores.setup.ts'],
    maxWorkers: filesAtOnce(process.env),
    testTimeout: 60_000,
    hookTimeout: 90_000,
  },
});
