import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { planTests } from './test-plan.mjs';

const FILES = [
  'libs/balancer/src/pick.spec.ts',
  'libs/balancer/dist/pick.spec.ts',
  'libs/cache/src/cache.spec.ts',
  'libs/cache/src/cache.int-spec.ts',
  'apps/gateway/src/routes.spec.ts',
  'apps/worker/src/main.ts',
  'tools/lock.spec.ts',
  'e2e/src/main-job.e2e-spec.ts',
];
let root: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'slipstream-plan-'));
  for (const file of FILES) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), '');
  }
});
afterAll(() => rmSync(root, { recursive: true }));

const everyKind = { hasUnit: true, hasIntegration: true, hasE2e: true };
const unitOnly = { hasUnit: true, hasIntegration: false, hasE2e: false };

describe('planTests', () => {
  it('is whole without filters', () => {
    expect(planTests(root, [])).toMatchObject({ isWhole: true, ...everyKind });
  });

  it.each([
    { filters: ['libs/balancer/'], ...unitOnly, projects: ['libs/balancer'] },
    { filters: ['libs/balancer/src/pick.spec.ts:12'], ...unitOnly, projects: ['libs/balancer'] },
    { filters: ['libs/cache/'], ...unitOnly, hasIntegration: true, projects: ['libs/cache'] },
    { filters: ['int-spec'], ...unitOnly, hasUnit: false, hasIntegration: true, projects: ['libs/cache'] },
    { filters: ['tools/'], ...unitOnly, projects: [] },
    { filters: ['main-job'], ...unitOnly, hasUnit: false, hasE2e: true, projects: ['apps/gateway', 'apps/worker'] },
    { filters: ['pick', 'routes'], ...unitOnly, projects: ['apps/gateway', 'libs/balancer'] },
    { filters: ['libs/balancer/', '-t', 'a name'], ...unitOnly, projects: ['libs/balancer'] },
  ])('builds and starts only what the specs need: $filters', ({ filters, ...needs }) => {
    expect(planTests(root, filters)).toEqual({ isWhole: false, ...needs });
  });

  it('needs everything for a filter by name', () => {
    expect(planTests(root, ['-t', 'a name'])).toMatchObject({ isWhole: false, ...everyKind });
  });
});
