import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

/** Whole systems of built services, over HTTP only. One file at a time: each starts a handful of processes. */
export default defineConfig({
  root: fileURLToPath(new URL('..', import.meta.url)),
  test: {
    name: 'e2e',
    include: ['e2e/src/**/*.e2e-spec.ts'],
    globalSetup: ['tools/testing/services.setup.ts'],
    fileParallelism: false,
    testTimeout: 60_000,
    hookTimeout: 90_000,
  },
});
