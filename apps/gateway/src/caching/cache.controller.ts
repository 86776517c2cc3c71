import { Body, Controller, Get, HttpCode, HttpStatus, Post, Res } from '@nestjs/common';
import { cacheStatistics, purgeCache, type CacheStatistics, type PurgeCache } from '@slipstream/contracts';
import type { FastifyReply } from 'fastify';
import { ApiResponse, ApiTags } from '../openapi/decorators.js';
import { CachePurger } from './cache-purger.js';
import { GatewayCaches } from './gateway-caches.js';

/** The caches, for operators. */
@ApiTags('cache')
@Controller('admin/cache')
export class CacheController {
  constructor(
    private readonly purger: CachePurger,
    private readonly caches: GatewayCaches,
  ) {}

  /** Contents and counts of the caches of this gateway since the start of its processes. */
  @Get()
  @ApiResponse({ status: 200, standardSchema: cacheStatistics })
  statistics(): Promise<CacheStatistics> {
    return this.caches.statistics();
  }

  /**
   * Drops answers from the response cache of all gateways: by URL, prefix, tag, entity, or all of them. It wins over
   * running fetches. 204: no gateway sends them any more. 202: this gateway does not, but Redis is unreachable, or
   * slower than 2 s; the others follow when it answers.
   */
  @Post('purge')
  @HttpCode(HttpStatus.NO_CONTENT)
  @ApiResponse({
    status: HttpStatus.NO_CONTENT,
    description: 'Dropped here and in Redis; the other gateways follow within milliseconds.',
  })
  @ApiResponse({
    status: HttpStatus.ACCEPTED,
    description: 'Dropped here. Redis is unreachable, or slower than 2 s; the other gateways follow when it answers.',
  })
  async purge(
    @Body({ schema: purgeCache }) body: PurgeCache,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<void> {
    if (!(await this.purger.purge(body))) reply.status(HttpStatus.ACCEPTED);
  }
}
