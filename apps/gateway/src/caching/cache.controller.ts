import { Body, Controller, Get, HttpCode, Post, UseFilters, UseInterceptors } from '@nestjs/common';
import { ApiResponse, ApiTags } from '@nestjs/swagger';
import { cacheStatistics, purgeCache, type CacheStatistics, type PurgeCache } from '@slipstream/contracts';
import { IdempotentAnswers } from '../http/idempotent-answers.interceptor.js';
import { ProblemFilter } from '../http/problem.filter.js';
import { CachePurger } from './cache-purger.js';
import { GatewayCaches } from './gateway-caches.js';

/** The caches, for operators. */
@ApiTags('cache')
@Controller('admin/cache')
@UseFilters(ProblemFilter)
@UseInterceptors(IdempotentAnswers)
export class CacheController {
  constructor(
    private readonly purger: CachePurger,
    private readonly caches: GatewayCaches,
  ) {}

  /** What the caches of this gateway hold, and did since the start of its processes. */
  @Get()
  @ApiResponse({ status: 200, standardSchema: cacheStatistics })
  statistics(): Promise<CacheStatistics> {
    return this.caches.statistics();
  }

  /** Drops answers from the response cache of all gateways: by URL, prefix, tag, entity, or all of them. Wins over fetches under way. */
  @Post('purge')
  @HttpCode(204)
  @ApiResponse({ status: 204 })
  purge(@Body({ schema: purgeCache }) body: PurgeCache): Promise<void> {
    return this.purger.purge(body);
  }
}
