import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

/**
 * The gateway as a reverse proxy, by independent suites and by bytes of our own. One file at a time: each starts
 * processes.
 */
export default defineConfig({
  root: fileURLToPath(new URL('..', import.meta.url)),
  test: {
    name: 'conformance',
    include: ['conformance/**/*.conformance-spec.ts'],
    exclude: ['**/node_modules/**'],
    globalSetup: ['conformance/provision/provision.setup.mjs'],
    fileParallelism: false,
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
