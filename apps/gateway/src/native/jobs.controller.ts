import { Controller, Delete, Get, Headers, HttpCode, Param, Res } from '@nestjs/common';
import { ApiProduces, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { JobCancellation, toJob } from '@slipstream/chats';
import { NotFoundError, id, job as jobSchema, type Job, type Principal } from '@slipstream/contracts';
import { Access } from './access.js';
import { Caller } from './caller.js';
import { replyWithEvents } from './streams/event-stream.js';
import { eventsUrlOf } from './events-url.js';
import { JobEvents } from './job-events.js';
import { lastEventIdOf } from './streams/last-event-id.js';
import { Subscribers } from './streams/subscribers.js';

@ApiTags('jobs')
@Controller('jobs')
export class JobsController {
  constructor(
    private readonly access: Access,
    private readonly cancellation: JobCancellation,
    private readonly events: JobEvents,
    private readonly subscribers: Subscribers,
  ) {}

  @Get(':id')
  @ApiResponse({ status: 200, standardSchema: jobSchema })
  async find(@Caller() caller: Principal, @Param('id', { schema: id }) jobId: string): Promise<Job> {
    return toJob(await this.access.job(caller, jobId), eventsUrlOf(jobId));
  }

  /** Cancels the job. A running job ends within a second; an ended one stays unchanged. */
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
    const job = await this.access.job(caller, jobId);
    if (JobEvents.isPastEnd(job, after)) return void reply.code(204).send();
    await this.events.requireReadable(job);
    const leave = this.subscribers.admit(job.userId);
    await replyWithEvents(reply, (gone) => this.events.read(job, after, gone)).finally(leave);
  }
}
