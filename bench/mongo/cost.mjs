import { MongoClient } from 'mongodb';
import { QueryOptimizer } from '../../libs/mongo/dist/advisor/query-optimizer.js';
import { PoolActivity } from '../../libs/mongo/dist/monitor/pool-activity.js';
import { CommandSpans } from '../../libs/mongo/dist/monitor/command-spans.js';
import { observeCommands } from '../../libs/mongo/dist/monitor/command-tap.js';
import { QueryMonitor } from '../../libs/mongo/dist/monitor/query-monitor.js';
import { startInstantServer } from './start-instant-server.mjs';
import { measureInTurns } from '../harness/turns.mjs';

const LANES = 16;
const DOCUMENTS = 2_000;
const WARM_UP_MS = 3_000;
/** Once in ten seconds of work: as often as in a service whose queries are slow. */
const EXPLAIN_EVERY_MS = 10_000;

const logger = { info() {}, warn() {} };

/**
 * Throughput and processor time of a client with monitor and optimizer, beside the bare driver's, in turn: against this
 * server, and against one that answers at once, which shows the cost of the client.
 * @param {{uri: string, rounds: number, turnMs: number, signal?: AbortSignal}} options
 * @returns {Promise<{server: string, ways: {way: string, perSecond: number[], cpuMicros: number[]}[]}[]>} a figure for
 *   each round
 */
export async function measureCost({ uri, ...options }) {
  await using stack = new AsyncDisposableStack();
  const instant = await startInstantServer(stack);
  return [
    { server: 'a server that answers at once', ways: await measureWays({ uri: instant, ...options }) },
    { server: 'MongoDB', ways: await measureWays({ uri, ...options }) },
  ];
}

async function measureWays({ uri, rounds, turnMs, signal }) {
  await using stack = new AsyncDisposableStack();
  const ways = [];
  for (const connectWay of WAYS) ways.push(await connectWay(uri, stack));
  await fill(ways[0].db);
  for (const way of ways) await load(way, WARM_UP_MS);
  const explainsIn = Math.max(1, Math.round(EXPLAIN_EVERY_MS / turnMs));
  const explains = (round) => round % explainsIn === explainsIn >> 1;
  return await measureInTurns(ways, { rounds, signal }, (way, round) => load(way, turnMs, explains(round)));
}

/** The second one is the first again: what differs between both is the error of the measurement. */
const WAYS = [bare('driver alone'), bare('driver alone, again'), watched, reported];

async function connect(uri, monitorCommands, stack) {
  const client = new MongoClient(uri, { monitorCommands, maxPoolSize: 50, minPoolSize: 10 });
  stack.defer(() => client.close());
  return client;
}

function bare(name) {
  return async (uri, stack) => {
    const client = await connect(uri, false, stack);
    await client.connect();
    return { name, db: client.db('bench_cost'), explain: undefined };
  };
}

/** As `DatabasePool` and `DatabaseStores` watch a client. */
async function watched(uri, stack) {
  const client = await connect(uri, false, stack);
  const queries = new QueryMonitor({ logger });
  new PoolActivity().watch(client);
  observeCommands(client, [queries, new CommandSpans()]);
  await client.connect();
  const db = client.db('bench_cost');
  const optimizer = new QueryOptimizer({ queries, isAvailable: true, connection: { db, models: {} } }, logger);
  const explain = async () => {
    const shape = queries.statistics().find(({ sample }) => sample);
    if (shape) await optimizer.explain(shape.shape.id);
  };
  return { name: 'with monitor and optimizer', db, explain };
}

/** The driver's own command monitoring, which Slipstream does not use: a listener that does nothing. */
async function reported(uri, stack) {
  const client = await connect(uri, true, stack);
  client.on('commandStarted', () => undefined);
  client.on('commandSucceeded', () => undefined);
  await client.connect();
  return { name: "the driver's command events, unused", db: client.db('bench_cost'), explain: undefined };
}

async function fill(db) {
  await db.dropDatabase();
  const documents = Array.from({ length: DOCUMENTS }, (_, n) => ({
    _id: n,
    owner: n % 100,
    at: n,
    text: 'x'.repeat(200),
  }));
  await db.collection('notes').insertMany(documents);
  await db.collection('notes').createIndex({ owner: 1, at: -1 });
}

/** Five reads by id, three lists of ten, two writes: as the native API does. */
async function load({ db, explain }, forMs, explains = false) {
  const notes = db.collection('notes');
  const until = performance.now() + forMs;
  const startedAt = performance.now();
  const cpu = process.cpuUsage();
  if (explains) void explain?.().catch(() => undefined);
  let done = 0;
  const lane = async () => {
    for (let n = 0; performance.now() < until; n++, done++) {
      const id = (n * 7919) % DOCUMENTS;
      if (n % 10 < 5) await notes.findOne({ _id: id });
      else if (n % 10 < 8)
        await notes
          .find({ owner: id % 100 })
          .sort({ at: -1 })
          .limit(10)
          .toArray();
      else await notes.updateOne({ _id: id }, { $set: { seen: n } });
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  const { user, system } = process.cpuUsage(cpu);
  return { perSecond: (1000 * done) / (performance.now() - startedAt), cpuMicros: (user + system) / done };
}
