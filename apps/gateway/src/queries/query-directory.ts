import type { QueryList } from '@slipstream/contracts';
import { queryTotals } from '@slipstream/mongo';
import type { SharedQueries } from '@slipstream/runtime';

/** Source of `GET /admin/queries`: the queries of all services that share a Redis. */
export class QueryDirectory {
  constructor(private readonly queries: Pick<SharedQueries, 'gather'>) {}

  async list(): Promise<QueryList> {
    const reports = await this.queries.gather();
    const evicted = reports.reduce((sum, report) => sum + report.evicted, 0);
    return { processes: reports.length, evicted, items: queryTotals(reports) };
  }
}
