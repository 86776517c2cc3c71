import { Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import {
  id,
  queryAdviceList,
  queryList,
  queryPlan,
  type QueryAdviceList,
  type QueryList,
  type QueryPlan,
} from '@slipstream/contracts';
import { ApiResponse, ApiTags } from '../openapi/decorators.js';
import { QueryDirectory } from './query-directory.js';

/** Queries of the database, for operators. */
@ApiTags('queries')
@Controller('admin/queries')
export class QueriesController {
  constructor(private readonly queries: QueryDirectory) {}

  /** Every query shape of all services that share a Redis, the one with the most time in all first. */
  @Get()
  @ApiResponse({ status: 200, standardSchema: queryList })
  list(): Promise<QueryList> {
    return this.queries.list();
  }

  /**
   * Indexes to create, the largest saving first; queries to change; reads to load together; indexes to hide. Nothing is
   * changed.
   */
  @Get('advice')
  @ApiResponse({ status: 200, standardSchema: queryAdviceList })
  advice(): Promise<QueryAdviceList> {
    return this.queries.advice();
  }

  /** Explains the latest sample of a query shape now, by reading once. Of a write, its condition is explained. */
  @Post(':id/explain')
  @HttpCode(200)
  @ApiResponse({ status: 200, standardSchema: queryPlan })
  explain(@Param('id', { schema: id }) queryId: string): Promise<QueryPlan> {
    return this.queries.explain(queryId);
  }
}
