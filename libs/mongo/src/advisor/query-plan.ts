import type { QueryPlan } from '@slipstream/contracts';
import { explainReport } from '../explain/explain-report.js';

const MAX_STAGES = 60;
const MAX_FINDINGS = 40;

/**
 * The output of `explain("executionStats")` as a plan, without values.
 * @throws TypeError when it is not the output of `explain`
 */
export function queryPlanOf(document: unknown, explainedAt: Date): QueryPlan {
  const { stages, findings } = explainReport(document);
  const docsExamined = sum(stages.map((stage) => stage.docsExamined ?? 0));
  const returned = stages[0]?.returned ?? 0;
  return {
    explainedAt: explainedAt.toISOString(),
    docsExamined,
    keysExamined: sum(stages.map((stage) => stage.keysExamined ?? 0)),
    returned,
    examinedPerReturned: Math.round((100 * docsExamined) / Math.max(1, returned)) / 100,
    isSortedInMemory: findings.some(({ code }) => code === 'in_memory_sort'),
    stages: stages.slice(0, MAX_STAGES),
    findings: findings.slice(0, MAX_FINDINGS),
  };
}

const sum = (figures: readonly number[]): number => figures.reduce((total, figure) => total + figure, 0);
