import { Body, Controller, Get, HttpCode, Post } from '@nestjs/common';
import {
  createHintRequest,
  queryHint,
  queryHintList,
  removeHintRequest,
  type CreateHintRequest,
  type QueryHint,
  type QueryHintList,
  type RemoveHintRequest,
} from '@slipstream/contracts';
import { ApiResponse, ApiTags } from '../openapi/decorators.js';
import { QueryHints } from './query-hints.js';

/** Hints of queries, for operators. Each is measured before it is used, and every ten minutes after that. */
@ApiTags('queries')
@Controller('admin/queries/hints')
export class QueryHintsController {
  constructor(private readonly hints: QueryHints) {}

  /** The latest hint of each query shape. */
  @Get()
  @ApiResponse({ status: 200, standardSchema: queryHintList })
  async list(): Promise<QueryHintList> {
    return { items: await this.hints.list() };
  }

  /** Measures a query with an index, and lets all its queries use that index if they then do at most half the work. */
  @Post()
  @HttpCode(200)
  @ApiResponse({ status: 200, standardSchema: queryHint })
  create(@Body({ schema: createHintRequest }) body: CreateHintRequest): Promise<QueryHint> {
    return this.hints.create(body);
  }

  /** Leaves the choice to the planner again. */
  @Post('remove')
  @HttpCode(200)
  @ApiResponse({ status: 200, standardSchema: queryHint })
  remove(@Body({ schema: removeHintRequest }) { query }: RemoveHintRequest): Promise<QueryHint> {
    return this.hints.remove(query);
  }
}
