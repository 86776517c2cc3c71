import { isObject, numberOf, objectOf, objectsOf, textOf, type JsonObject } from './explain-json.js';
import type { ExplainedPlan, PlanStage } from './plan-stage.js';
import { keyPattern, readPipelineStage, readStage, withoutDatabase } from './read-stage.js';
import { slotFigures } from './slot-figures.js';
import { stageKind } from './stage-kinds.js';

/** Deeper input is no plan of a server. */
const MAX_DEPTH = 150;

/**
 * The plans in the output of `explain`: one, or one for each shard.
 * @param document of a find, aggregate, count, distinct, update, delete or findAndModify, verbosity `queryPlanner` or
 *   above, in the classic or the slot-based form, sharded or not
 * @throws TypeError when it is not the output of `explain`
 */
export function readPlans(document: unknown): ExplainedPlan[] {
  if (!isObject(document)) throw new TypeError('an explain result is a JSON object');
  if (depthExceeds(document, MAX_DEPTH)) throw new TypeError(`the document nests deeper than ${MAX_DEPTH} levels`);
  const plans = plansIn(document, objectOf(document.command));
  if (plans.length === 0)
    throw new TypeError('this is no explain result: it has neither "queryPlanner" nor "stages" nor "shards"');
  return plans;
}

function plansIn(part: JsonObject, command: JsonObject): ExplainedPlan[] {
  if (isObject(part.queryPlanner)) return plansOfQuery(part.queryPlanner, objectOf(part.executionStats), command);
  if (Array.isArray(part.stages)) return plansOfPipeline(objectsOf(part.stages), command);
  return Object.values(objectOf(part.shards)).flatMap((shard) => plansIn(objectOf(shard), command));
}

function plansOfQuery(planner: JsonObject, execution: JsonObject, command: JsonObject): ExplainedPlan[] {
  const winning = objectOf(planner.winningPlan);
  const stages = objectOf(execution.executionStages);
  if (!Array.isArray(winning.shards)) return [planOf(planner, execution, command)];
  const executions = objectsOf(stages.shards);
  return objectsOf(winning.shards).map((shard) => {
    const executed = executions.find(({ shardName }) => shardName === shard.shardName) ?? {};
    return planOf(shard, executed, command);
  });
}

function planOf(planner: JsonObject, execution: JsonObject, command: JsonObject): ExplainedPlan {
  const collection = withoutDatabase(textOf(planner.namespace) ?? '?.?');
  const root = rootOf(objectOf(planner.winningPlan), objectOf(execution.executionStages), collection);
  return {
    collection,
    filter: filterOf(planner, command),
    ...(isObject(command.sort) && Object.keys(command.sort).length > 0 && { sort: keyPattern(command.sort) }),
    isLimited: isLimited(command, root),
    ...(numberOf(execution.nReturned) !== undefined && { returned: numberOf(execution.nReturned) }),
    ...(execution.executionSuccess === false && { failure: textOf(execution.errorMessage) ?? 'no reason given' }),
    root,
  };
}

function rootOf(winning: JsonObject, executed: JsonObject, collection: string): PlanStage {
  if (isObject(winning.queryPlan)) {
    const slots = Object.keys(executed).length > 0 ? slotFigures(executed) : undefined;
    return readStage(winning.queryPlan, { collection, slots });
  }
  // The classic engine repeats the plan in its execution tree, with figures.
  return readStage(typeof executed.stage === 'string' ? executed : winning, { collection });
}

const filterOf = (planner: JsonObject, command: JsonObject): JsonObject =>
  [planner.parsedQuery, command.filter, command.query, command.q].find(isObject) ?? {};

/** Operations that return no documents of the collection count as limited. */
function isLimited(command: JsonObject, root: PlanStage): boolean {
  if (numberOf(command.limit)) return true;
  const returning = new Set(['LIMIT', 'COUNT', 'GROUP', 'UPDATE', 'DELETE', 'DISTINCT_SCAN', 'EOF']);
  for (let stage: PlanStage | undefined = root; stage; stage = stage.inputs[0])
    if (returning.has(stage.name)) return true;
  return ['count', 'distinct', 'update', 'delete', 'findAndModify'].some((name) => name in command);
}

/**
 * The query engine's part comes first, in `$cursor`; each later stage reads from the one before it. `$unionWith` has a
 * pipeline of its own.
 */
function plansOfPipeline(stages: JsonObject[], command: JsonObject): ExplainedPlan[] {
  const [first, ...later] = stages;
  const cursor = first && [first.$cursor, first.$geoNearCursor].find(isObject);
  if (!cursor) return [];
  const united = later.flatMap((stage) => plansOfPipeline(objectsOf(objectOf(stage.$unionWith).pipeline), {}));
  return [...plansIn(cursor, command).map((plan) => withPipeline(plan, later)), ...united];
}

function withPipeline(plan: ExplainedPlan, later: JsonObject[]): ExplainedPlan {
  let root = plan.root;
  for (const stage of later) root = readPipelineStage(stage, plan.collection, [root]);
  const names = later.flatMap((stage) => Object.keys(stage).filter((key) => key.startsWith('$')));
  const limits = names.some((name) => name === '$limit' || stageKind(name) === 'group');
  return { ...plan, isLimited: plan.isLimited || limits, returned: root.returned ?? plan.returned, root };
}

function depthExceeds(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((inner) => depthExceeds(inner, levels - 1));
}
