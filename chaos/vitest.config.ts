import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

/** Servers that are killed, starved and cut off under load. One file at a time: each needs the machine. */
export default defineConfig({
  root: fileURLToPath(new URL('..', import.meta.url)),
  test: {
    name: 'chaos',
    include: ['chaos/**/*.chaos-spec.ts'],
    exclude: ['**/node_modules/**'],
    globalSetup: ['tools/testing/services.setup.ts'],
    fileParallelism: false,
    testTimeout: 180_000,
    hookTimeout: 90_000,
  },
});
