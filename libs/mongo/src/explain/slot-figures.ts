import { isObject, numberOf, textOf, type JsonObject } from './explain-json.js';

/** Work of the slot-based engine for one stage of the query plan. */
export interface SlotFigures {
  returned: number;
  keysExamined: number;
  docsExamined: number;
  usedDisk: boolean;
}

const CHILDREN = ['inputStage', 'innerStage', 'outerStage', 'thenStage', 'elseStage', 'inputStages', 'stages'];
/** Stages that read index keys, in contrast to documents. */
const KEY_READERS = new Set(['ixscan', 'ixseek', 'ixscan_generic']);
const DOCUMENT_READERS = new Set(['scan', 'seek', 'pscan', 'scan_generic']);

/**
 * The figures of a slot-based execution (`explainVersion: "2"`), by the `planNodeId` of the query plan. Several slots
 * carry out one stage of the plan: the reads are their sum, the returned rows are the topmost slot's.
 */
export function slotFigures(root: JsonObject): Map<number, SlotFigures> {
  const figures = new Map<number, SlotFigures>();
  visit(root, figures);
  return figures;
}

function visit(slot: JsonObject, figures: Map<number, SlotFigures>): void {
  const id = numberOf(slot.planNodeId);
  if (id !== undefined) add(slot, figures, id);
  for (const child of childrenOf(slot)) visit(child, figures);
}

function add(slot: JsonObject, figures: Map<number, SlotFigures>, id: number): void {
  let sum = figures.get(id);
  if (!sum) {
    sum = { returned: numberOf(slot.nReturned) ?? 0, keysExamined: 0, docsExamined: 0, usedDisk: false };
    figures.set(id, sum);
  }
  const name = textOf(slot.stage) ?? '';
  const reads = numberOf(slot.numReads) ?? 0;
  if (KEY_READERS.has(name)) sum.keysExamined += numberOf(slot.keysExamined) ?? reads;
  if (DOCUMENT_READERS.has(name)) sum.docsExamined += reads;
  if (slot.usedDisk === true) sum.usedDisk = true;
}

function childrenOf(slot: JsonObject): JsonObject[] {
  return CHILDREN.flatMap((name) => slot[name]).filter(isObject);
}
