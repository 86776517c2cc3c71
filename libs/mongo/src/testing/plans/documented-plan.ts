/** A plan in the form that MongoDB documents, and what is to be read from it. */
export interface DocumentedPlan {
  /** What it shows. */
  name: string;
  /** As `explain("executionStats")` returns it. */
  document: object;
  /** Names of the stages from the root, with two spaces for each level. */
  stages: string[];
  /** Codes of the findings, with the advised index; none for a healthy plan. */
  findings?: unknown[];
}
