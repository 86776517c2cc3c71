import { Controller, Delete, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { z } from 'zod';
import {
  deadLetterCount,
  deadLetterQuery,
  deadLetterView,
  messageId,
  queueView,
  type DeadLetterCount,
  type DeadLetterQuery,
  type DeadLetterView,
  type QueueView,
} from '@slipstream/contracts';
import { ApiResponse, ApiTags } from '../openapi/decorators.js';
import { QueueDirectory } from './queue-directory.js';

/** The message queues and their dead letters, for operators. */
@ApiTags('queues')
@Controller('admin/queues')
export class QueuesController {
  constructor(private readonly queues: QueueDirectory) {}

  @Get()
  @ApiResponse({ status: 200, standardSchema: z.object({ items: z.array(queueView) }) })
  async list(): Promise<{ items: QueueView[] }> {
    return { items: await this.queues.list() };
  }

  /** The oldest dead letters of a queue, of the first thousand, without their contents. */
  @Get(':queue/dead-letters')
  @ApiResponse({ status: 200, standardSchema: z.object({ items: z.array(deadLetterView) }) })
  async deadLetters(
    @Param('queue') queue: string,
    @Query({ schema: deadLetterQuery }) { limit }: DeadLetterQuery,
  ): Promise<{ items: DeadLetterView[] }> {
    return { items: await this.queues.deadLetters(queue, limit) };
  }

  /** Replays all dead letters of a queue, as first attempts. */
  @Post(':queue/dead-letters/replay')
  @HttpCode(200)
  @ApiResponse({ status: 200, standardSchema: deadLetterCount })
  async replayAll(@Param('queue') queue: string): Promise<DeadLetterCount> {
    return { count: await this.queues.replayAll(queue) };
  }

  /** Replays one dead letter, as a first attempt. */
  @Post(':queue/dead-letters/:id/replay')
  @HttpCode(204)
  replay(@Param('queue') queue: string, @Param('id', { schema: messageId }) id: string): Promise<void> {
    return this.queues.replay(queue, id);
  }

  @Delete(':queue/dead-letters')
  @ApiResponse({ status: 200, standardSchema: deadLetterCount })
  async deleteAll(@Param('queue') queue: string): Promise<DeadLetterCount> {
    return { count: await this.queues.deleteAll(queue) };
  }

  @Delete(':queue/dead-letters/:id')
  @HttpCode(204)
  delete(@Param('queue') queue: string, @Param('id', { schema: messageId }) id: string): Promise<void> {
    return this.queues.delete(queue, id);
  }
}
