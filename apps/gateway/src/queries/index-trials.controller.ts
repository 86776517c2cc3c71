import { Body, Controller, Get, HttpCode, Post } from '@nestjs/common';
import {
  createIndexRequest,
  indexTrial,
  indexTrialList,
  namedIndexRequest,
  type CreateIndexRequest,
  type IndexTrial,
  type IndexTrialList,
  type NamedIndexRequest,
} from '@slipstream/contracts';
import { ApiResponse, ApiTags } from '../openapi/decorators.js';
import { IndexTrials } from './index-trials.js';

/** Changes of indexes that the advice names, for operators. Each is measured, and undone if it does not help. */
@ApiTags('queries')
@Controller('admin/queries/indexes')
export class IndexTrialsController {
  constructor(private readonly trials: IndexTrials) {}

  /** The latest trial of each index, of the last 90 days. */
  @Get()
  @ApiResponse({ status: 200, standardSchema: indexTrialList })
  async list(): Promise<IndexTrialList> {
    return { items: await this.trials.list() };
  }

  /** Builds an advised index, and drops it again if it improves no query shape, or makes one worse. */
  @Post()
  @HttpCode(202)
  @ApiResponse({ status: 202, standardSchema: indexTrial })
  create(@Body({ schema: createIndexRequest }) body: CreateIndexRequest): Promise<IndexTrial> {
    return this.trials.create(body);
  }

  /** Hides a superfluous index from the planner, and restores it if a query shape does more work. */
  @Post('hide')
  @HttpCode(202)
  @ApiResponse({ status: 202, standardSchema: indexTrial })
  hide(@Body({ schema: namedIndexRequest }) body: NamedIndexRequest): Promise<IndexTrial> {
    return this.trials.hide(body);
  }

  /** Shows a hidden index to the planner again. */
  @Post('restore')
  @HttpCode(200)
  @ApiResponse({ status: 200, standardSchema: indexTrial })
  restore(@Body({ schema: namedIndexRequest }) body: NamedIndexRequest): Promise<IndexTrial> {
    return this.trials.restore(body);
  }

  /** Drops an index that was hidden for a day, unless a query shape does more work than before; then it is restored. */
  @Post('drop')
  @HttpCode(200)
  @ApiResponse({ status: 200, standardSchema: indexTrial })
  drop(@Body({ schema: namedIndexRequest }) body: NamedIndexRequest): Promise<IndexTrial> {
    return this.trials.drop(body);
  }
}
