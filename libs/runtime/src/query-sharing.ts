import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { NotFoundError, queryPlan, type QueryAdviceList, type QueryPlan } from '@slipstream/contracts';
import {
  adviceOn,
  queryReport,
  queryTotals,
  reportOf,
  type CollectionIndex,
  type DatabaseStores,
  type QueryReport,
} from '@slipstream/mongo';
import { silentBus, type MessageBus } from '@slipstream/redis';

const TOPIC = 'queries';
/** How long reports are awaited: the number of processes is not known. */
const REPORT_MS = 300;
/** How long a plan of another process is awaited: the server ends an explain after 5 s. */
const PLAN_MS = 6_000;
/** More processes than this are left out. */
const MAX_PROCESSES = 200;

const name = z.string().max(100);
const head = { id: name, from: name };
const message = z.discriminatedUnion('type', [
  z.object({ ...head, type: z.literal('report-request') }),
  z.object({ ...head, type: z.literal('report'), report: queryReport }),
  z.object({ ...head, type: z.literal('plan-request'), query: name, hint: name.optional() }),
  z.object({ ...head, type: z.literal('plan'), plan: queryPlan }),
  z.object({ ...head, type: z.literal('hints'), hints: z.array(z.object({ query: name, index: name })).max(200) }),
]);
type Message = z.infer<typeof message>;

/** An index that the queries of a shape (by its id) are to use. */
type Hint = Extract<Message, { type: 'hints' }>['hints'][number];

/** Hints that are not repeated end after this time. */
const HINTS_MS = 300_000;

type Database = Pick<DatabaseStores, 'queries' | 'optimizer'>;

/** Answers the requests of other processes, and gathers the answers to those of this one. */
export class SharedQueries {
  private readonly from = randomUUID();
  private hintsEnd?: NodeJS.Timeout;
  private readonly requests = new Map<string, (answer: Message) => void>();
  /** Leaves the bus. */
  readonly stop: () => void;

  constructor(
    private readonly database: Database,
    private readonly bus: MessageBus,
  ) {
    this.stop = bus.subscribe(TOPIC, (unchecked) => {
      const { data } = message.safeParse(unchecked);
      if (data && data.from !== this.from) void this.receive(data);
    });
  }

  /** Returns one report per process that shares the bus, this one's first. Takes 300 ms; without a bus, no time. */
  async gather(): Promise<QueryReport[]> {
    const answers = new Map<string, QueryReport>();
    const receive = (answer: Message): void => {
      if (answer.type === 'report' && answers.size < MAX_PROCESSES) answers.set(answer.from, answer.report);
    };
    if (this.bus !== silentBus) await this.request({ type: 'report-request' }, receive, delay(REPORT_MS));
    return [this.report(), ...answers.values()];
  }

  /**
   * Explains the latest sample of a query shape now, in the first process that has one.
   * @param hint name of the index that it is to use
   * @throws NotFoundError `query_not_found`. @throws SlipstreamError `explain_refused`
   */
  async explain(query: string, hint?: string): Promise<QueryPlan> {
    const { optimizer } = this.database;
    if (this.database.queries.find(query)?.sample || this.bus === silentBus) return optimizer.explain(query, hint);
    const answered = Promise.withResolvers<QueryPlan | undefined>();
    const receive = (answer: Message): void => {
      if (answer.type === 'plan') answered.resolve(answer.plan);
    };
    const waiting = delay(PLAN_MS, undefined, { ref: false });
    const plan = await this.request(
      { type: 'plan-request', query, hint },
      receive,
      Promise.race([answered.promise, waiting]),
    );
    if (!plan) throw new NotFoundError('query', query);
    return plan;
  }

  /** Lets the queries of all processes use these hints, and no others, for five minutes. */
  useHints(hints: Hint[]): void {
    this.apply(hints);
    this.publish({ type: 'hints', id: randomUUID(), hints });
  }

  /** The indexes of a collection. @throws DependencyUnavailableError */
  async indexes(collection: string): Promise<CollectionIndex[]> {
    const all = await this.database.optimizer.indexes([collection]);
    return all.filter((index) => index.collection === collection);
  }

  /**
   * Returns indexes that would make the queries of all processes faster, and superfluous indexes.
   * @throws DependencyUnavailableError
   */
  async advice(): Promise<QueryAdviceList> {
    const reports = await this.gather();
    const totals = queryTotals(reports);
    const indexes = await this.database.optimizer.indexes(totals.map(({ collection }) => collection));
    const explainRefusal = reports.find((report) => report.explainRefusal !== undefined)?.explainRefusal;
    return { explainRefusal, items: adviceOn(totals, indexes, new Date()) };
  }

  private apply(hints: readonly Hint[]): void {
    clearTimeout(this.hintsEnd);
    this.database.queries.useHints(new Map(hints.map(({ query, index }) => [query, index])));
    if (hints.length > 0) this.hintsEnd = setTimeout(() => this.apply([]), HINTS_MS).unref();
  }

  private async request<T>(
    request: { type: 'report-request' } | { type: 'plan-request'; query: string; hint?: string },
    receive: (answer: Message) => void,
    until: Promise<T>,
  ): Promise<T> {
    const id = randomUUID();
    this.requests.set(id, receive);
    this.bus.publish(TOPIC, { ...request, id, from: this.from });
    return until.finally(() => this.requests.delete(id));
  }

  private async receive(received: Message): Promise<void> {
    const { id } = received;
    if (received.type === 'report-request') this.publish({ type: 'report', id, report: this.report() });
    else if (received.type === 'hints') this.apply(received.hints);
    else if (received.type !== 'plan-request') this.requests.get(id)?.(received);
    else if (this.database.queries.find(received.query)) {
      const plan = await this.database.optimizer.explain(received.query, received.hint).catch(() => undefined);
      if (plan) this.publish({ type: 'plan', id, plan });
    }
  }

  private publish(answer: object): void {
    this.bus.publish(TOPIC, { ...answer, from: this.from });
  }

  private report(): QueryReport {
    return reportOf(this.database.queries, this.database.optimizer);
  }
}
