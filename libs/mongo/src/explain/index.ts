export { explainReport, type ExplainReport, type ReportedStage } from './explain-report.js';
export { findingsOf, type Finding, type FindingCode, type FindingThresholds } from './findings.js';
export type { ExplainedPlan, KeyPattern, PlanStage } from './plan-stage.js';
export { readPlans } from './read-plans.js';
