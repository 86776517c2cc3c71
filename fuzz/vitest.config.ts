import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

/**
 * Longest that one listener may take beyond its share of FUZZ_SECONDS: to start, to end, and to look for what ended it.
 */
const REST_MS = 180_000;

export default defineConfig({
  root: fileURLToPath(new URL('..', import.meta.url)),
  test: {
    name: 'fuzz',
    include: ['fuzz/**/*.fuzz-spec.ts'],
    exclude: ['**/node_modules/**'],
    fileParallelism: false,
    testTimeout: Number(process.env.FUZZ_SECONDS ?? 180) * 1000 + REST_MS,
    hookTimeout: 60_000,
  },
});
