import { describe, expect, it } from 'vitest';
import { classicPlans } from '../testing/plans/classic-plans.js';
import { commandPlans } from '../testing/plans/command-plans.js';
import { shardedPlans } from '../testing/plans/sharded-plans.js';
import { slotPlans } from '../testing/plans/slot-plans.js';
import { explainReport } from './explain-report.js';

/** Written from the documentation of MongoDB 7 and 8. */
const plans = [...classicPlans, ...commandPlans, ...slotPlans, ...shardedPlans];

describe('plans as MongoDB 7 and 8 document them', () => {
  it.each(plans.map((plan) => [plan.name, plan] as const))('%s', (_, { document, stages, findings = [] }) => {
    const report = explainReport(document);
    expect(report.stages.map(({ stage, depth }) => '  '.repeat(depth) + stage)).toEqual(stages);
    expect(report.findings.map(({ code, index }) => (index ? [code, index] : [code]))).toEqual(findings);
  });

  it('have different names', () => expect(new Set(plans.map(({ name }) => name)).size).toBe(plans.length));
});
