import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

const exclude = ['**/node_modules/**', '**/dist/**'];

/** Specs run the sources of every library (the `source` condition of its exports), so an edit needs no build. */
const resolve = { conditions: ['source'] };
const ssr = { resolve: { conditions: ['source', 'module', 'node', 'development|production'] } };

export default defineConfig({
  test: {
    // Two at least: many specs wait for clocks and sockets.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    projects: [
      {
        resolve,
        ssr,
        // The limit only finds specs that hang: a loaded machine may need far longer than an idle one.
        test: {
          name: 'unit',
          include: ['{apps,libs}/*/src/**/*.spec.ts', 'tools/**/*.spec.ts'],
          exclude,
          testTimeout: 30_000,
          // A worker evaluates each module once for all of its files, which halves the processor time. A spec restores
          // what it changes in the process: timers, environment, listeners.
          isolate: false,
        },
      },
      {
        resolve,
        ssr,
        test: {
          name: 'integration',
          include: ['{apps,libs}/*/src/**/*.int-spec.ts'],
          exclude,
          globalSetup: ['tools/testing/stores.setup.ts'],
          testTimeout: 30_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
});
