import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { FILES_AT_ONCE } from '../tools/files-at-once.mjs';

/**
 * The gateway as a reverse proxy, by independent suites and by bytes of our own.
 */
export default defineConfig({
  root: fileURLToPath(new URL('..', import.meta.url)),
  test: {
    name: 'conformance',
    include: ['conformance/**/*.conformance-spec.ts'],
    exclude: ['**/node_modules/**'],
    globalSetup: ['tools/testing/stores.setup.ts', 'conformance/provision/provision.setup.mjs'],
    maxWorkers: FILES_AT_ONCE,
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
