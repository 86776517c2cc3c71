import { defineConfig } from 'vitest/config';

const exclude = ['**/node_modules/**', '**/dist/**'];

export default defineConfig({
  test: {
    projects: [
      { test: { name: 'unit', include: ['{apps,libs}/*/src/**/*.spec.ts', 'tools/**/*.spec.ts'], exclude } },
      {
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
