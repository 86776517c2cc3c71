import type { JsonObject } from './explain-json.js';
import type { StageKind } from './stage-kinds.js';

/** Fields in order: 1 ascending, -1 descending, or the kind of a special index (`2dsphere`, `text`, `hashed`). */
export type KeyPattern = Readonly<Record<string, number | string>>;

/** One stage of a plan, whichever engine, server version or shard it comes from. */
export interface PlanStage {
  /** As the server names it. */
  name: string;
  kind: StageKind;
  /** Without the database's name. */
  collection: string;
  index?: { name?: string; key: KeyPattern };
  /** The condition that is checked on each document or key that this stage reads. */
  filter?: JsonObject;
  /** Documents or keys that the stage passed on. Absent without `executionStats`, as the next two. */
  returned?: number;
  keysExamined?: number;
  docsExamined?: number;
  /** The stage wrote temporary files, because its data exceeded the memory limit. */
  usedDisk?: boolean;
  /** Of a sort. */
  sort?: KeyPattern;
  /** Documents that a skip drops. */
  skipped?: number;
  /** Of a join. */
  join?: { from: string; foreignField?: string; usesIndex: boolean };
  inputs: PlanStage[];
}

/** One collection access of an explained operation, with the operation's own requirements. */
export interface ExplainedPlan {
  collection: string;
  /** The condition of the operation, `{}` for none. */
  filter: JsonObject;
  /** The order of the operation; absent for none. */
  sort?: KeyPattern;
  /** Whether the operation limits what it returns, or returns no documents at all (count, update, group). */
  isLimited: boolean;
  returned?: number;
  /** Why the execution failed; absent when it succeeded or was not tried. */
  failure?: string;
  root: PlanStage;
}

/** A stage and all below it, the root first. */
export function* stagesOf(root: PlanStage): Generator<PlanStage> {
  yield root;
  for (const input of root.inputs) yield* stagesOf(input);
}
