import { advisedIndexes, isServedBy } from './advised-indexes.js';
import { stagesOf, type ExplainedPlan, type KeyPattern, type PlanStage } from './plan-stage.js';

export type FindingCode =
  | 'collection_scan'
  | 'poor_selectivity'
  | 'in_memory_sort'
  | 'over_fetch'
  | 'large_skip'
  | 'join_without_index'
  | 'spilled_to_disk'
  | 'execution_failed'
  | 'unknown_stage';

export interface Finding {
  code: FindingCode;
  collection: string;
  /** The observation, with figures, and the action to take. */
  detail: string;
  /** The index that ends it, equality before sort before range. Absent when no index does. */
  index?: KeyPattern;
}

export interface FindingThresholds {
  /** Documents or keys examined for each one returned. Default 10. */
  minExaminedRatio: number;
  /** Fewer examined documents or keys are never a finding of poor selectivity. Default 100. */
  minExamined: number;
  /** Returned documents without a limit from which an operation fetches too much. Default 1000. */
  minUnlimited: number;
  /** Skipped documents from which paging by a key is better. Default 1000. */
  minSkipped: number;
}

const DEFAULTS: FindingThresholds = { minExaminedRatio: 10, minExamined: 100, minUnlimited: 1000, minSkipped: 1000 };

type Rule = (plan: ExplainedPlan, thresholds: FindingThresholds) => Finding[];

/** Returns the defects of a plan, in the order of the rules below; none for a healthy one. */
export function findingsOf(plan: ExplainedPlan, thresholds: Partial<FindingThresholds> = {}): Finding[] {
  const limits = { ...DEFAULTS, ...thresholds };
  return RULES.flatMap((rule) => rule(plan, limits));
}

const collectionScans: Rule = (plan) =>
  ofKind(plan, 'collection-scan').flatMap((scan) => {
    const condition = [plan.filter, scan.filter ?? {}].find((filter) => Object.keys(filter).length > 0);
    if (!condition && plan.isLimited && !sortOf(plan)) return [];
    const what = `scans the whole collection${figure(scan.docsExamined, ' documents)', ' (')}`;
    const indexes = advisedIndexes(condition ?? {}, sortOf(plan));
    return condition || indexes.length > 0
      ? withIndexes('collection_scan', plan, what, indexes)
      : [finding('collection_scan', plan, `${what}: the operation has no condition; add one, or a limit`)];
  });

const poorSelectivity: Rule = (plan, { minExaminedRatio, minExamined }) =>
  [...ofKind(plan, 'fetch'), ...ofKind(plan, 'index-scan'), ...ofKind(plan, 'clustered-scan')]
    .filter((stage) => {
      const examined = examinedBy(stage);
      return examined >= minExamined && examined >= minExaminedRatio * Math.max(1, stage.returned ?? examined);
    })
    .slice(0, 1)
    .flatMap((stage) => {
      const used = usedIndex(stage);
      const what =
        `examines ${count(examinedBy(stage))} to return ${count(stage.returned ?? 0)}` +
        (used?.name ? ` with index ${used.name}` : '');
      const better = advisedIndexes(plan.filter, sortOf(plan)).filter((key) => !used || !isServedBy(key, used.key));
      return withIndexes('poor_selectivity', plan, what, better);
    });

const inMemorySorts: Rule = (plan) =>
  ofKind(plan, 'sort')
    .filter((sort) => sort.sort && isFieldSort(sort.sort) && ![...stagesOf(sort)].some(reshapes))
    .flatMap((sort) => {
      const what = `sorts${figure(sort.inputs[0]?.returned, ' documents')} in memory by ${keyText(sort.sort ?? {})}`;
      return withIndexes('in_memory_sort', plan, what, advisedIndexes(plan.filter, sort.sort));
    });

const overFetch: Rule = (plan, { minUnlimited }) =>
  !plan.isLimited && (plan.returned ?? 0) >= minUnlimited
    ? [
        finding(
          'over_fetch',
          plan,
          `returns ${count(plan.returned ?? 0)} documents without a limit: read them in pages`,
        ),
      ]
    : [];

const largeSkips: Rule = (plan, { minSkipped }) =>
  ofKind(plan, 'skip')
    .filter(({ skipped = 0 }) => skipped >= minSkipped)
    .map(({ skipped = 0 }) =>
      finding('large_skip', plan, `reads and drops ${count(skipped)} documents: page by the last key seen instead`),
    );

const joinsWithoutIndex: Rule = (plan) =>
  ofKind(plan, 'lookup').flatMap(({ join }) => {
    if (!join || join.usesIndex) return [];
    const index = join.foreignField === undefined ? {} : { index: { [join.foreignField]: 1 } };
    const detail = `scans ${join.from} for the join from ${plan.collection}`;
    return [{ code: 'join_without_index' as const, collection: join.from, detail, ...index }];
  });

const spills: Rule = (plan) =>
  allStages(plan)
    .filter(({ usedDisk }) => usedDisk)
    .map(({ name }) =>
      finding('spilled_to_disk', plan, `${name} exceeded its memory limit and wrote temporary files: narrow its input`),
    );

const failures: Rule = (plan) =>
  plan.failure === undefined ? [] : [finding('execution_failed', plan, `the execution failed: ${plan.failure}`)];

const unknownStages: Rule = (plan) =>
  [...new Set(ofKind(plan, 'unknown').map(({ name }) => name))].map((name) =>
    finding('unknown_stage', plan, `stage ${name} is unknown to this version: its part of the plan was not judged`),
  );

const RULES: readonly Rule[] = [
  failures,
  collectionScans,
  inMemorySorts,
  poorSelectivity,
  joinsWithoutIndex,
  spills,
  largeSkips,
  overFetch,
  unknownStages,
];

const allStages = ({ root }: ExplainedPlan): PlanStage[] => [...stagesOf(root)];

const ofKind = (plan: ExplainedPlan, kind: PlanStage['kind']): PlanStage[] =>
  allStages(plan).filter((stage) => stage.kind === kind);

const finding = (code: FindingCode, { collection }: ExplainedPlan, detail: string): Finding => ({
  code,
  collection,
  detail,
});

/** One finding for each index that is needed; one without an index if none helps. */
function withIndexes(code: FindingCode, plan: ExplainedPlan, what: string, indexes: KeyPattern[]): Finding[] {
  if (indexes.length === 0) return [finding(code, plan, `${what}; no other index serves this condition`)];
  return indexes.map((index) => ({ ...finding(code, plan, `${what}; index ${keyText(index)} serves it`), index }));
}

/** Documents of a fetch, keys of an index scan. */
const examinedBy = ({ kind, keysExamined = 0, docsExamined = 0 }: PlanStage): number =>
  kind === 'index-scan' ? keysExamined : docsExamined;

const usedIndex = (stage: PlanStage): PlanStage['index'] =>
  [...stagesOf(stage)].find(({ index }) => index !== undefined)?.index;

/** The order that an index is to provide as well: the operation's, unless a later stage computes what is sorted. */
function sortOf(plan: ExplainedPlan): KeyPattern | undefined {
  const sort = ofKind(plan, 'sort').find((stage) => ![...stagesOf(stage)].some(reshapes));
  return sort?.sort ?? plan.sort;
}

/** Behind these stages, fields are no longer those of the collection. */
const reshapes = ({ kind }: PlanStage): boolean => kind === 'group' || kind === 'lookup';

const isFieldSort = (sort: KeyPattern): boolean =>
  Object.keys(sort).length > 0 && Object.values(sort).every((order) => Math.abs(Number(order)) === 1);

const count = (figure: number): string => figure.toLocaleString('en');
const figure = (value: number | undefined, of: string, before = ' '): string =>
  value === undefined ? '' : `${before}${count(value)}${of}`;
const keyText = (key: KeyPattern): string =>
  `{ ${Object.entries(key)
    .map(([field, order]) => `${field}: ${order}`)
    .join(', ')} }`;
