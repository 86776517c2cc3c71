import { findingsOf, type Finding } from './findings.js';
import type { ExplainedPlan, KeyPattern, PlanStage } from './plan-stage.js';
import { readPlans } from './read-plans.js';

/** One stage of a report; `depth` counts the stages above it. */
export interface ReportedStage {
  stage: string;
  depth: number;
  collection: string;
  index?: KeyPattern;
  returned?: number;
  keysExamined?: number;
  docsExamined?: number;
}

export interface ExplainReport {
  stages: ReportedStage[];
  findings: Finding[];
}

/**
 * Stages and findings of the output of `explain`.
 * @throws TypeError when it is not the output of `explain`
 */
export function explainReport(document: unknown): ExplainReport {
  const plans = readPlans(document);
  return { stages: plans.flatMap(({ root }) => reported(root, 0)), findings: distinct(plans) };
}

function reported(stage: PlanStage, depth: number): ReportedStage[] {
  const { name, collection, index, returned, keysExamined, docsExamined, inputs } = stage;
  const own: ReportedStage = {
    stage: name,
    depth,
    collection,
    ...(index && { index: index.key }),
    ...(returned !== undefined && { returned }),
    ...(keysExamined !== undefined && { keysExamined }),
    ...(docsExamined !== undefined && { docsExamined }),
  };
  return [own, ...inputs.flatMap((input) => reported(input, depth + 1))];
}

/** Shards repeat the same finding with other figures: the first is kept. */
function distinct(plans: ExplainedPlan[]): Finding[] {
  const found = new Map<string, Finding>();
  for (const finding of plans.flatMap((plan) => findingsOf(plan))) {
    const key = JSON.stringify([finding.collection, finding.detail.replaceAll(/[\d,]+/g, '#')]);
    if (!found.has(key)) found.set(key, finding);
  }
  return [...found.values()];
}
