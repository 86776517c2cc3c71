import { Controller, Get } from '@nestjs/common';
import { ApiResponse, ApiTags } from '@nestjs/swagger';
import { queryList, type QueryList } from '@slipstream/contracts';
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
}
