import { Body, Controller, HttpCode, Post, UseFilters } from '@nestjs/common';
import { ApiResponse, ApiTags } from '@nestjs/swagger';
import { purgeCache, type PurgeCache } from '@slipstream/contracts';
import { ProblemFilter } from '../http/problem.filter.js';
import { CachePurger } from './cache-purger.js';

/** The caches, for operators. */
@ApiTags('cache')
@Controller('admin/cache')
@UseFilters(ProblemFilter)
export class CacheController {
  constructor(private readonly purger: CachePurger) {}

  /** Drops answers from the response cache of all gateways: by URL, prefix, tag, entity, or all of them. Wins over fetches under way. */
  @Post('purge')
  @HttpCode(204)
  @ApiResponse({ status: 204 })
  purge(@Body({ schema: purgeCache }) body: PurgeCache): Promise<void> {
    return this.purger.purge(body);
  }
}
