import { defineConfig } from 'vitest/config';

const exclude = ['**/node_modules/**', '**/dist/**'];

/** Specs run the sources of every library (the `source` condition of its exports), so an edit needs no build. */
const resolve = { conditions: ['source'] };
const ssr = { resolve: { conditions: ['source', 'module', 'node', 'development|production'] } };

export default defineConfig({
  test: {
    projects: [
      { resolve, ssr, test: { name: 'unit', include: ['{apps,libs}/*/src/**/*.spec.ts', 'tools/**/*.spec.ts'], exclude } },
      {
        resolve,
        ssr,
        test: {
          name: 'integration',
          include: ['{apps,libs}/*/src/**/*.int-spec.ts'],
          exclude,
          globalSetup: ['tools/testing/services.setup.ts'],
          testTimeout: 30_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
});
