import { adviceOn, DatabasePool, DatabaseStores, queryTotals, reportOf } from '../../libs/mongo/dist/index.js';
import { runInContext } from '@slipstream/telemetry';
import { COLLECTIONS, seed } from './collections.mjs';
import { HEALTHY } from './healthy.mjs';
import { PROBLEMS } from './problems.mjs';

const logger = { info() {}, warn() {} };
/** An index is unused after a week; the clock of the advice is set on. */
const LATER_MS = 8 * 86_400_000;

/**
 * Seeds the problems, sends every query once, explains every shape, and compares the advice with the problems. Then
 * builds what is advised, and explains again.
 * @param {{uri: string, documents: number, log: (line: string) => void}} options
 */
export async function measureAdvice({ uri, documents, log }) {
  const address = new URL(uri);
  address.pathname = '/bench_advice';
  const stores = await DatabaseStores.open({ uri: address.href, logger, slowQueryMs: 0 }, [], false);
  try {
    await untilConnected(stores);
    const { db } = stores.get(DatabasePool).connection;
    await db.dropDatabase();
    log(`Storing ${documents.toLocaleString('en')} documents`);
    await seed(db, documents);
    for (const query of HEALTHY) await query(db);
    const healthy = new Set(shapesOf(stores));
    for (const { run } of PROBLEMS) await run?.(db, inRequest);
    log('Explaining every shape');
    const advice = await adviceNow(stores);
    return { ...judged(advice, healthy), applied: await apply(stores, advice) };
  } finally {
    await stores.close();
  }
}

async function untilConnected(stores) {
  for (let attempts = 0; attempts < 100; attempts++) {
    if (
      await stores.check().then(
        () => true,
        () => false,
      )
    )
      return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('MongoDB does not answer.');
}

const inRequest = (task) => runInContext({ requestId: 'bench' }, task);

/** Ids of the shapes that `explain` can run, of the seeded collections. */
const shapesOf = ({ queries }) =>
  queries
    .statistics()
    .filter(({ shape, sample }) => sample && Object.hasOwn(COLLECTIONS, shape.collection))
    .map(({ shape }) => shape.id);

async function adviceNow(stores) {
  for (const id of shapesOf(stores)) await stores.optimizer.explain(id);
  const totals = queryTotals([reportOf(stores.queries, stores.optimizer)]);
  const indexes = await stores.optimizer.indexes(Object.keys(COLLECTIONS));
  return adviceOn(totals, indexes, new Date(Date.now() + LATER_MS));
}

/** Which problems were found, and which advice has no problem behind it. */
function judged(advice, healthy) {
  const isOf =
    ({ advice: expected }) =>
    (each) =>
      each.kind === expected.kind && expected.matches(each);
  return {
    healthyShapes: healthy.size,
    problems: PROBLEMS.map((problem) => ({ name: problem.name, found: advice.find(isOf(problem)) })),
    falseAdvice: advice.filter((each) => !PROBLEMS.some((problem) => isOf(problem)(each))),
    onHealthy: advice.filter(({ queries = [] }) => queries.some((id) => healthy.has(id))),
  };
}

/** Builds each advised index; returns what its queries examined for each returned document, before and after. */
async function apply(stores, advice) {
  const rows = [];
  for (const { collection, index, queries } of advice.filter(({ kind }) => kind === 'create_index')) {
    const before = await plansOf(stores, queries);
    await stores.indexChanges.build(collection, index);
    const after = await plansOf(stores, queries);
    for (const [at, id] of queries.entries())
      rows.push({ collection, index, query: queryOf(stores, id), before: before[at], after: after[at] });
  }
  return rows;
}

async function plansOf({ optimizer }, ids) {
  const plans = [];
  for (const id of ids) plans.push(await optimizer.explain(id));
  return plans;
}

const queryOf = ({ queries }, id) => {
  const { operation, text } = queries.find(id).shape;
  return `${operation} ${text}`;
};
