import { isObject, numberOf, objectOf, objectsOf, textOf, type JsonObject } from './explain-json.js';
import type { KeyPattern, PlanStage } from './plan-stage.js';
import type { SlotFigures } from './slot-figures.js';
import { stageKind } from './stage-kinds.js';

/** Collection, and the figures of the slot-based engine if it carried the plan out. */
export interface StageContext {
  collection: string;
  slots?: ReadonlyMap<number, SlotFigures>;
}

/** Reads a stage of the query plan or of the classic engine's execution tree, with all stages below it. */
export function readStage(stage: JsonObject, context: StageContext): PlanStage {
  const name = textOf(stage.stage) ?? '(unnamed)';
  const inputs = [...objectsOf([stage.inputStage]), ...objectsOf(stage.inputStages)];
  return {
    name,
    kind: stageKind(name),
    collection: context.collection,
    ...indexOf(stage),
    ...(isObject(stage.filter) && { filter: stage.filter }),
    ...figuresOf(stage, context.slots),
    ...(isObject(stage.sortPattern) && { sort: keyPattern(stage.sortPattern) }),
    ...(numberOf(stage.skipAmount) !== undefined && { skipped: numberOf(stage.skipAmount) }),
    ...joinOf(stage),
    inputs: inputs.map((input) => readStage(input, context)),
  };
}

/** Numbers become plain; other values of a pattern stay if they name a kind of index. */
export function keyPattern(value: JsonObject): KeyPattern {
  const fields = Object.entries(value).flatMap(([field, order]) => {
    const direction = numberOf(order) ?? textOf(order);
    return direction === undefined ? [] : [[field, direction] as const];
  });
  return Object.fromEntries(fields);
}

function indexOf(stage: JsonObject): Pick<PlanStage, 'index'> {
  // EXPRESS_IXSCAN gives its key as text: "{ chatId: 1 }".
  const { keyPattern: key } = stage;
  if (isObject(key)) return { index: { name: textOf(stage.indexName), key: keyPattern(key) } };
  if (typeof key === 'string') return { index: { name: textOf(stage.indexName), key: keyPatternOfText(key) } };
  return {};
}

function keyPatternOfText(text: string): KeyPattern {
  const fields = text
    .replace(/[{}]/g, '')
    .split(',')
    .map((part) => part.split(':').map((side) => side.trim().replaceAll('"', '')));
  return Object.fromEntries(
    fields.flatMap(([field, order]) => (field && order ? [[field, Number(order) || order] as const] : [])),
  );
}

function figuresOf(stage: JsonObject, slots: StageContext['slots']): Partial<PlanStage> {
  if (slots) return slots.get(numberOf(stage.planNodeId) ?? Number.NaN) ?? {};
  const figures = {
    returned: numberOf(stage.nReturned),
    keysExamined: numberOf(stage.keysExamined),
    docsExamined: numberOf(stage.docsExamined),
    usedDisk: stage.usedDisk === true ? true : undefined,
  };
  return Object.fromEntries(Object.entries(figures).filter(([, value]) => value !== undefined));
}

const INDEXED_STRATEGIES = new Set(['IndexedLoopJoin', 'DynamicIndexedLoopJoin', 'NonExistentForeignCollection']);

function joinOf(stage: JsonObject): Pick<PlanStage, 'join'> {
  const strategy = textOf(stage.strategy);
  const from = textOf(stage.foreignCollection);
  if (strategy === undefined || from === undefined) return {};
  return {
    join: {
      from: withoutDatabase(from),
      foreignField: textOf(stage.foreignField),
      usesIndex: INDEXED_STRATEGIES.has(strategy),
    },
  };
}

/** A stage of an aggregation that ran after the query engine: `{"$group": {…}, "nReturned": 5}`. */
export function readPipelineStage(stage: JsonObject, collection: string, inputs: PlanStage[]): PlanStage {
  const name = Object.keys(stage).find((key) => key.startsWith('$')) ?? '(unnamed)';
  const body = objectOf(stage[name]);
  return {
    name,
    kind: stageKind(name),
    collection,
    ...figuresOf(stage, undefined),
    ...(name === '$sort' && { sort: keyPattern(objectOf(body.sortKey ?? body)) }),
    ...(name === '$skip' && { skipped: numberOf(stage.$skip) }),
    ...(name === '$lookup' && lookupOf(stage, body)),
    inputs,
  };
}

function lookupOf(stage: JsonObject, body: JsonObject): Pick<PlanStage, 'join'> {
  const from = textOf(body.from) ?? textOf(objectOf(body.from).coll);
  if (from === undefined) return {};
  const scans = numberOf(stage.collectionScans) ?? 0;
  return { join: { from, foreignField: textOf(body.foreignField), usesIndex: scans === 0 } };
}

/** `chat.messages` of `slipstream.chat.messages`. */
export const withoutDatabase = (namespace: string): string => namespace.slice(namespace.indexOf('.') + 1);
