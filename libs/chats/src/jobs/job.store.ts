import { Injectable } from '@nestjs/common';
import { InjectModel } from '@nestjs/mongoose';
import {
  DatabasePool,
  findReplay,
  inNextPlace,
  insertOnce,
  restOf,
  takeOverdue,
  unlessDuplicate,
  type CreateIdentity,
  type Model,
} from '@slipstream/mongo';
import { finalEventIdAfter } from './closing-events.js';
import { answerFields, endedFields, type JobEnd, type Written } from './job-end.js';
import { jobModel, type JobDocument } from './job.schema.js';
import { newJob, type NewTurn } from './new-turn.js';

/**
 * `claimed`: this worker has it. `busy`: the chat's oldest open job is someone's, waits for its retry, or was not
 * admitted. `idle`: nothing is open.
 */
export type Claim = { outcome: 'claimed'; job: JobDocument } | { outcome: 'busy' | 'idle' };

const CONTENDED = {
  code: 'chat_contended',
  message: 'Too many messages arrive for this chat at once; send this one again.',
} as const;
const OPEN = { $in: ['queued', 'running'] } as const;

/**
 * The jobs, and the right to work on them. A worker holds a job by a fenced lease: claiming raises the fence, and every
 * later write names it, so a worker that was thought dead can change nothing once another has taken over.
 */
@Injectable()
export class JobStore {
  constructor(
    @InjectModel(jobModel.name) private readonly jobs: Model<JobDocument>,
    private readonly pool: DatabasePool,
  ) {}

  /**
   * Stores a question and its job in the chat's next place.
   * @returns the job; an earlier one when the identity was seen before
   * @throws ConflictError `idempotency_key_reused`, or `chat_contended` when too many messages arrive for one chat at
   * once
   */
  create(identity: CreateIdentity, turn: NewTurn): Promise<JobDocument> {
    return inNextPlace(() => this.pool.run('job.create', () => this.tryCreate(identity, turn)), CONTENDED);
  }

  /**
   * The job that an earlier create with this identity made, if there was one.
   * @throws ConflictError `idempotency_key_reused`
   */
  findEarlier(identity: CreateIdentity): Promise<JobDocument | null> {
    return this.pool.run('job.find', () => findReplay(this.jobs, identity));
  }

  find(id: string): Promise<JobDocument | null> {
    return this.pool.run('job.find', () => this.jobs.findById(id).lean<JobDocument>());
  }

  /**
   * Takes the chat's oldest open job, if it is free, for `leaseMs`.
   * @param admit asked about the job before it is taken. Default: every job is
   */
  claim(
    chatId: string,
    leaseMs: number,
    admit: (job: JobDocument) => Promise<boolean> = async () => true,
  ): Promise<Claim> {
    return this.pool.run('job.claim', async (): Promise<Claim> => {
      const oldest = await this.jobs.findOne({ chatId, state: OPEN }).sort({ ordinal: 1 }).lean<JobDocument>();
      if (!oldest) return { outcome: 'idle' };
      if (oldest.claimableAt.getTime() > this.pool.clock.settledNow() || !(await admit(oldest)))
        return { outcome: 'busy' };
      const job = await this.jobs
        .findOneAndUpdate(
          { _id: oldest._id, fence: oldest.fence, state: OPEN },
          { $set: { state: 'running', ...restOf(leaseMs, this.pool.clock) }, $inc: { fence: 1, attempts: 1 } },
          { returnDocument: 'after' },
        )
        .lean<JobDocument>();
      return job ? { outcome: 'claimed', job } : { outcome: 'busy' };
    });
  }

  /** Extends the lease. @returns false when it was lost: another worker has the job, or it is gone */
  renew(id: string, fence: number, leaseMs: number): Promise<boolean> {
    return this.pool.run('job.renew', async () => {
      return (
        (await this.jobs.updateOne({ _id: id, fence, state: 'running' }, { $set: restOf(leaseMs, this.pool.clock) }))
          .matchedCount === 1
      );
    });
  }

  /**
   * Gives the job back, to be claimed again after `delayMs`.
   * @param written what this attempt has written; kept until another one has written something
   * @returns false when the lease was lost, or somebody wants the job to end
   */
  release(id: string, fence: number, delayMs: number, written: Written = { content: '' }): Promise<boolean> {
    return this.pool.run('job.release', async () => {
      const change = {
        $set: {
          state: 'queued',
          ...restOf(delayMs, this.pool.clock),
          ...(written.content && answerFields(written, 'incomplete')),
        },
      } as const;
      return (
        (await this.jobs.updateOne({ _id: id, fence, state: 'running', cancelRequestedAt: null }, change))
          .matchedCount === 1
      );
    });
  }

  /**
   * Ends the job and stores its answer, in one write.
   * @returns the ended job; null when the lease was lost: nothing was stored then
   */
  finish(id: string, fence: number, end: JobEnd): Promise<JobDocument | null> {
    return this.pool.run('job.finish', () =>
      this.jobs
        .findOneAndUpdate({ _id: id, fence, state: 'running' }, { $set: endedFields(end) }, { returnDocument: 'after' })
        .lean<JobDocument>(),
    );
  }

  /**
   * Asks for the job's end: one that nobody works on ends here and now, a running one by its worker.
   * @returns the job afterwards; null when there is none
   */
  requestCancel(id: string): Promise<JobDocument | null> {
    return this.pool.run('job.cancel', async () => {
      const at = new Date();
      await this.jobs.updateOne({ _id: id, state: OPEN, cancelRequestedAt: null }, { $set: { cancelRequestedAt: at } });
      const job = await this.jobs.findById(id).lean<JobDocument>();
      if (job?.state !== 'queued') return job;
      return (await this.endAs(job, 'cancelled')) ?? this.jobs.findById(id).lean<JobDocument>();
    });
  }

  /**
   * Ends the job here and now, also one that a worker is at: the worker's fence is old then.
   * @returns the cancelled job; null when it had ended, or is gone
   */
  cancelNow(id: string): Promise<JobDocument | null> {
    return this.pool.run('job.cancel_now', async () => {
      for (;;) {
        const job = await this.jobs.findOne({ _id: id, state: OPEN }).lean<JobDocument>();
        const ended = job && (await this.endAs(job, 'cancelled'));
        if (!job || ended) return ended;
      }
    });
  }

  /** Which of these jobs nobody wants any more: somebody cancelled them, or they are gone with their chat. */
  unwanted(ids: readonly string[]): Promise<string[]> {
    return this.pool.run('job.unwanted', async () => {
      const found = await this.jobs
        .find({ _id: { $in: ids }, cancelRequestedAt: null }, { _id: 1 })
        .lean<{ _id: string }[]>();
      const wanted = new Set(found.map(({ _id }) => _id));
      return ids.filter((id) => !wanted.has(id));
    });
  }

  /**
   * Jobs that somebody should have taken up by now. Each is handed out once per `againAfterMs`, to one caller, however
   * many sweepers there are.
   */
  async takeOverdue(limit: number, againAfterMs: number): Promise<JobDocument[]> {
    const taken: JobDocument[] = [];
    while (taken.length < limit) {
      const job = await this.pool.run('job.sweep', () =>
        takeOverdue(this.jobs, { state: OPEN }, againAfterMs, this.pool.clock),
      );
      if (!job) break;
      taken.push(job);
    }
    return taken;
  }

  /** How many jobs are open, counted up to `limit`. */
  countOpen(limit: number): Promise<number> {
    return this.pool.run('job.count', () => this.jobs.countDocuments({ state: OPEN }, { limit }));
  }

  /** An ended job whose person should have been notified by now; handed out once per `againAfterMs`, to one caller. */
  takeUnnotified(againAfterMs: number): Promise<JobDocument | null> {
    return this.pool.run('job.sweep_notify', () =>
      takeOverdue(this.jobs, { notify: true, state: { $in: ['succeeded', 'failed'] } }, againAfterMs, this.pool.clock),
    );
  }

  /** The notification of the job's end is stored. */
  async notified(id: string): Promise<void> {
    await this.pool.run('job.notified', () => this.jobs.updateOne({ _id: id }, { $unset: { notify: 1 } }));
  }

  /** Open jobs of a chat, oldest first. */
  openJobsOf(chatId: string): Promise<JobDocument[]> {
    return this.pool.run('job.open', () =>
      this.jobs.find({ chatId, state: OPEN }).sort({ ordinal: 1 }).lean<JobDocument[]>(),
    );
  }

  /** A chat's turns from `ordinal` on, oldest first, at most `limit`. */
  turnsFrom(chatId: string, ordinal: number, limit: number): Promise<JobDocument[]> {
    return this.pool.run('job.history', () =>
      this.jobs
        .find({ chatId, ordinal: { $gte: ordinal } })
        .sort({ ordinal: 1 })
        .limit(limit)
        .lean<JobDocument[]>(),
    );
  }

  /**
   * The last `limit` turns before `ordinal` that have an answer with text, oldest first: what a model is sent of the
   * conversation so far.
   */
  async turnsBefore(chatId: string, ordinal: number, limit: number): Promise<JobDocument[]> {
    const latestFirst = await this.pool.run('job.context', () =>
      this.jobs
        .find({ chatId, ordinal: { $lt: ordinal }, 'answer.content': { $nin: [null, ''] } })
        .sort({ ordinal: -1 })
        .limit(limit)
        .lean<JobDocument[]>(),
    );
    return latestFirst.reverse();
  }

  /** Forgets all turns of a chat. */
  async deleteOf(chatId: string): Promise<void> {
    await this.pool.run('job.delete', () => this.jobs.deleteMany({ chatId }));
  }

  /** Ends a job as it was read. @returns null when somebody else has changed it since */
  private endAs({ _id, fence: read, state: before }: JobDocument, state: 'cancelled'): Promise<JobDocument | null> {
    const fence = read + 1;
    const change = { $set: { state, fence, finalEventId: finalEventIdAfter({ fence, sequence: 0 }) } };
    return this.jobs
      .findOneAndUpdate({ _id, fence: read, state: before }, change, { returnDocument: 'after' })
      .lean<JobDocument>()
      .exec();
  }

  private async tryCreate(identity: CreateIdentity, turn: NewTurn): Promise<JobDocument | null> {
    const replay = await findReplay(this.jobs, identity);
    if (replay) return replay;
    const last = await this.jobs
      .findOne({ chatId: turn.chatId }, { ordinal: 1 })
      .sort({ ordinal: -1 })
      .lean<{ ordinal: number }>();
    return unlessDuplicate(insertOnce(this.jobs, newJob(identity, turn, (last?.ordinal ?? -1) + 2, this.pool.clock)));
  }
}
