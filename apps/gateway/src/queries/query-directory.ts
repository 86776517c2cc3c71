import type { QueryAdviceList, QueryList, QueryPlan } from '@slipstream/contracts';
import { queryTotals } from '@slipstream/mongo';
import type { SharedQueries } from '@slipstream/runtime';

/** Source of `GET /admin/queries`: the queries of all services that share a Redis. */
export class QueryDirectory {
  constructor(private readonly queries: Pick<SharedQueries, 'gather' | 'explain' | 'advice'>) {}

  async list(): Promise<QueryList> {
    const reports = await this.queries.gather();
    const evicted = reports.reduce((sum, report) => sum + report.evicted, 0);
    const explainRefusal = reports.find((report) => report.explainRefusal !== undefined)?.explainRefusal;
    return { processes: reports.length, evicted, explainRefusal, items: queryTotals(reports) };
  }

  /** @throws DependencyUnavailableError */
  advice(): Promise<QueryAdviceList> {
    return this.queries.advice();
  }

  /** @throws NotFoundError `query_not_found`. @throws SlipstreamError `explain_refused` */
  explain(id: string): Promise<QueryPlan> {
    return this.queries.explain(id);
  }
}
