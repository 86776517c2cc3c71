/** Figures of a stage: keys examined, documents examined, returned. */
type Figures = [keys: number | undefined, documents: number | undefined, returned: number];

/** A stage as the classic engine's execution tree shows it. */
export const stage = (name: string, figures: Figures, extra: object = {}, ...inputs: object[]) => {
  const [keysExamined, docsExamined, nReturned] = figures;
  return {
    stage: name,
    nReturned,
    works: nReturned + 1,
    ...(keysExamined !== undefined && { keysExamined }),
    ...(docsExamined !== undefined && { docsExamined }),
    ...extra,
    ...(inputs.length === 1 && { inputStage: inputs[0] }),
    ...(inputs.length > 1 && { inputStages: inputs }),
  };
};

/** `index scan -> fetch`, the plan of most healthy reads. */
export const fetched = (key: object, [keys, documents, returned]: [number, number, number], filter?: object) =>
  stage('FETCH', [undefined, documents, returned], filter && { filter }, scanned(key, [keys, documents]));

export const scanned = (key: object, [keys, returned]: [number, number], name = 'IXSCAN') =>
  stage(name, [keys, undefined, returned], {
    keyPattern: key,
    indexName: Object.keys(key).join('_'),
    direction: 'forward',
  });

/** What `explain("executionStats")` returns for a command in the classic engine. */
export const explained = (command: Record<string, unknown>, root: Record<string, unknown>, execution: object = {}) => ({
  explainVersion: '1',
  queryPlanner: {
    namespace: `slipstream.${Object.values(command)[0] as string}`,
    parsedQuery: command.filter ?? command.query ?? {},
    winningPlan: withoutFigures(root),
    rejectedPlans: [],
  },
  executionStats: { executionSuccess: true, nReturned: root.nReturned, executionStages: root, ...execution },
  command: { ...command, $db: 'slipstream' },
  ok: 1,
});

/** The plan without what only an execution knows. */
export function withoutFigures(root: Record<string, unknown>): Record<string, unknown> {
  const { inputStage, inputStages, ...own } = root;
  const { nReturned, works, keysExamined, docsExamined, ...plan } = own;
  void [nReturned, works, keysExamined, docsExamined];
  return {
    ...plan,
    ...(inputStage ? { inputStage: withoutFigures(inputStage as Record<string, unknown>) } : {}),
    ...(inputStages ? { inputStages: (inputStages as Record<string, unknown>[]).map(withoutFigures) } : {}),
  };
}
