import { Controller, Delete, Get, Headers, HttpCode, Param, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { JobCancellation, toJob } from '@slipstream/chats';
import { NotFoundError, id, job as jobSchema, type Job, type Principal } from '@slipstream/contracts';
import { toIngestionJob } from '@slipstream/documents';
import { ApiProduces, ApiResponse, ApiTags } from '../openapi/decorators.js';
import { Access } from './access.js';
import { Caller } from './caller.js';
import { eventsUrlOf } from './events-url.js';
import { followedJob } from './followed-jobs.js';
import { JobDirectory } from './job-directory.js';
import { JobEvents } from './job-events.js';
import { replyWithJob } from './reply-with-job.js';
import { lastEventIdOf } from './streams/last-event-id.js';
import { Subscribers } from './streams/subscribers.js';

@ApiTags('jobs')
@Controller('jobs')
export class JobsController {
  constructor(
    private readonly access: Access,
    private readonly directory: JobDirectory,
    private readonly cancellation: JobCancellation,
    readonly events: JobEvents,
    readonly subscribers: Subscribers,
  ) {}

  @Get(':id')
  @ApiResponse({ status: 200, standardSchema: jobSchema })
  async find(@Caller() caller: Principal, @Param('id', { schema: id }) jobId: string): Promise<Job> {
    const stored = await this.directory.require(caller, jobId);
    return stored.kind === 'chat' ? toJob(stored.turn, eventsUrlOf(jobId)) : toIngestionJob(stored.document);
  }

  /**
   * Cancels an answer. A running job ends within a second; an ended one stays unchanged. An ingestion is cancelled by
   * deleting its document; here it counts as missing.
   */
  @Delete(':id')
  @HttpCode(202)
  @ApiResponse({ status: 202, standardSchema: jobSchema })
  async cancel(@Caller() caller: Principal, @Param('id', { schema: id }) jobId: string): Promise<Job> {
    await this.access.job(caller, jobId);
    const job = await this.cancellation.cancel(jobId);
    if (!job) throw new NotFoundError('job', jobId);
    return toJob(job, eventsUrlOf(jobId));
  }

  /**
   * Server-sent events, from the first or after `Last-Event-ID` to the end. 204 if no event follows, 503
   * `too_many_subscribers` if too many streams are open.
   */
  @Get(':id/events')
  @ApiProduces('text/event-stream')
  async stream(
    @Caller() caller: Principal,
    @Param('id', { schema: id }) jobId: string,
    @Headers('last-event-id') lastEventId: string | undefined,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const after = lastEventIdOf(lastEventId);
    const stored = await this.directory.require(caller, jobId);
    await replyWithJob(reply, this, followedJob(stored), after);
  }
}
