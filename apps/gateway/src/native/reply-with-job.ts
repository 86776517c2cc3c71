import type { FastifyReply } from 'fastify';
import type { EventId } from '@slipstream/contracts';
import { JobEvents, type FollowedJob } from './job-events.js';
import { replyWithEvents } from './streams/event-stream.js';
import type { Subscribers } from './streams/subscribers.js';

/** Responds with the events of a job after `after`; 204 if no event follows. */
export async function replyWithJob(
  reply: FastifyReply,
  { events, subscribers }: { events: JobEvents; subscribers: Subscribers },
  job: FollowedJob,
  after: EventId | undefined,
): Promise<void> {
  if (JobEvents.isPastEnd(job, after)) return void reply.code(204).send();
  await events.requireReadable(job);
  const leave = subscribers.admit(job.userId);
  await replyWithEvents(reply, (gone) => events.read(job, after, gone)).finally(leave);
}
