import { Injectable } from '@nestjs/common';
import { InjectModel } from '@nestjs/mongoose';
import {
  DatabasePool,
  findReplay,
  inNextPlace,
  inSlices,
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
import { LastOrdinals } from './last-ordinals.js';
import { newJob, type NewTurn } from './new-turn.js';

/**
 * `claimed`: this worker has the job. `busy`: the chat's oldest open job is claimed, waits for a retry, or was not
 * admitted. `idle`: the chat has no open job.
 */
export type Claim = { outcome: 'claimed'; job: JobDocument } | { outcome: 'busy' | 'idle' };

/** How much of a chat is read. */
export interface TurnLimits {
  maxTurns: number;
  /** Of questions and answers, in UTF-8. */
  maxBytes: number;
}

const textBytes = ({ question, answer }: JobDocument): number =>
  Buffer.byteLength(question.content) + Buffer.byteLength(answer.content ?? '');

const CONTENDED = {
  code: 'chat_contended',
  message: 'Too many messages arrived in this chat at the same time; try again.',
} as const;
const OPEN = { $in: ['queued', 'running'] } as const;

/**
 * The jobs, and the claims on them. A claim has a fence and a lease: claiming raises the fence, and every later write
 * names it. After another worker has taken over, writes of the earlier worker have no effect.
 */
@Injectable()
export class JobStore {
  private readonly lastOrdinals = new LastOrdinals();

  constructor(
    @InjectModel(jobModel.name) private readonly jobs: Model<JobDocument>,
    private readonly pool: DatabasePool,
  ) {}

  /**
   * Stores a question and its job at the next ordinal of the chat.
   * @returns the job; an earlier one if the identity is known
   * @throws ConflictError `idempotency_key_reused`, or `chat_contended` if too many messages arrive in one chat at the
   * same time
   */
  create(identity: CreateIdentity, turn: NewTurn): Promise<JobDocument> {
    return inNextPlace(() => this.pool.run('job.create', () => this.tryCreate(identity, turn)), CONTENDED);
  }

  /**
   * Returns the job of an earlier create call with this identity, if one exists.
   * @throws ConflictError `idempotency_key_reused`
   */
  findEarlier(identity: CreateIdentity): Promise<JobDocument | null> {
    return this.pool.run('job.find', () => findReplay(this.jobs, identity));
  }

  find(id: string): Promise<JobDocument | null> {
    return this.pool.run('job.find', () => this.jobs.findById(id).lean<JobDocument>());
  }

  /**
   * Claims the chat's oldest open job for `leaseMs`, if it is free.
   * @param admit returns whether the job may be claimed. Default: always
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

  /** Extends the lease. @returns false if it was lost: another worker has the job, or the job was removed */
  renew(id: string, fence: number, leaseMs: number): Promise<boolean> {
    return this.pool.run('job.renew', async () => {
      return (
        (await this.jobs.updateOne({ _id: id, fence, state: 'running' }, { $set: restOf(leaseMs, this.pool.clock) }))
          .matchedCount === 1
      );
    });
  }

  /**
   * Releases the job, which can be claimed again after `delayMs`.
   * @param written output of this attempt; kept until another attempt has output
   * @returns false if the lease was lost, or the job is to be cancelled
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
   * @returns the ended job; null if the lease was lost, and nothing was stored
   */
  finish(id: string, fence: number, end: JobEnd): Promise<JobDocument | null> {
    return this.pool.run('job.finish', () =>
      this.jobs
        .findOneAndUpdate({ _id: id, fence, state: 'running' }, { $set: endedFields(end) }, { returnDocument: 'after' })
        .lean<JobDocument>(),
    );
  }

  /**
   * Requests the end of a job. A waiting job ends at once, a running one through its worker.
   * @returns the updated job; null if it does not exist
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
   * Ends the job at once, even if a worker runs it: the worker's fence becomes old.
   * @returns the cancelled job; null if it had ended or does not exist
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

  /** Returns which of these jobs should stop, because they were cancelled or removed with their chat. */
  unwanted(ids: readonly string[]): Promise<string[]> {
    return this.pool.run('job.unwanted', async () => {
      const found = await this.jobs
        .find({ _id: { $in: ids }, cancelRequestedAt: null }, { _id: 1 })
        .lean<{ _id: string }[]>();
      const wanted = new Set(found.map(({ _id }) => _id));
      return ids.filter((id) => !wanted.has(id));
    });
  }

  /** Returns an overdue job, once per `againAfterMs`, to one caller. */
  takeOverdue(againAfterMs: number): Promise<JobDocument | null> {
    return this.pool.run('job.sweep', () => takeOverdue(this.jobs, { state: OPEN }, againAfterMs, this.pool.clock));
  }

  /** Returns the number of open jobs, counted up to `limit`. */
  countOpen(limit: number): Promise<number> {
    return this.pool.run('job.count', () => this.jobs.countDocuments({ state: OPEN }, { limit }));
  }

  /** Returns an ended job with an overdue completion notice, once per `againAfterMs`, to one caller. */
  takeUnnotified(againAfterMs: number): Promise<JobDocument | null> {
    return this.pool.run('job.sweep_notify', () =>
      takeOverdue(this.jobs, { notify: true, state: { $in: ['succeeded', 'failed'] } }, againAfterMs, this.pool.clock),
    );
  }

  /** Marks the completion notice of the job as stored. */
  async notified(id: string): Promise<void> {
    await this.pool.run('job.notified', () => this.jobs.updateOne({ _id: id }, { $unset: { notify: 1 } }));
  }

  /** Returns the ids of the open jobs of a chat, oldest first, at most `limit`. */
  async openIdsOf(chatId: string, limit: number): Promise<string[]> {
    const open = await this.pool.run('job.open', () =>
      this.jobs.find({ chatId, state: OPEN }, { _id: 1 }).sort({ ordinal: 1 }).limit(limit).lean<{ _id: string }[]>(),
    );
    return open.map(({ _id }) => _id);
  }

  /**
   * Returns the turns of a chat from `ordinal` on, oldest first, up to the limits, but two at least.
   * @returns `isCut`: whether more turns follow, because these are as large as the limit
   */
  async turnsFrom(
    chatId: string,
    ordinal: number,
    { maxTurns, maxBytes }: TurnLimits,
  ): Promise<{ turns: JobDocument[]; isCut: boolean }> {
    const read = (last: JobDocument | undefined, count: number): Promise<JobDocument[]> =>
      this.pool.run('job.history', () =>
        this.jobs
          .find({ chatId, ordinal: last ? { $gt: last.ordinal } : { $gte: ordinal } })
          .sort({ ordinal: 1 })
          .limit(count)
          .lean<JobDocument[]>(),
      );
    const { taken: turns, isCut } = await inSlices(read, { limit: maxTurns, maxBytes, atLeast: 2, bytesOf: textBytes });
    return { turns, isCut };
  }

  /** Returns the last turns before `ordinal` with text in their answer, oldest first, up to the limits. */
  async turnsBefore(chatId: string, ordinal: number, { maxTurns, maxBytes }: TurnLimits): Promise<JobDocument[]> {
    const read = (last: JobDocument | undefined, count: number): Promise<JobDocument[]> =>
      this.pool.run('job.context', () =>
        this.jobs
          .find({ chatId, ordinal: { $lt: last?.ordinal ?? ordinal }, 'answer.content': { $nin: [null, ''] } })
          .sort({ ordinal: -1 })
          .limit(count)
          .lean<JobDocument[]>(),
      );
    const { taken } = await inSlices(read, { limit: maxTurns, maxBytes, atLeast: 1, bytesOf: textBytes });
    return taken.reverse();
  }

  /** Deletes all turns of a chat. */
  async deleteOf(chatId: string): Promise<void> {
    this.lastOrdinals.forget(chatId);
    await this.pool.run('job.delete', () => this.jobs.deleteMany({ chatId }));
  }

  /** Ends an unchanged job. @returns null if it was changed after it was read */
  private endAs({ _id, fence: read, state: before }: JobDocument, state: 'cancelled'): Promise<JobDocument | null> {
    const fence = read + 1;
    const change = { $set: { state, fence, finalEventId: finalEventIdAfter({ fence, sequence: 0 }) } };
    return this.jobs
      .findOneAndUpdate({ _id, fence: read, state: before }, change, { returnDocument: 'after' })
      .lean<JobDocument>()
      .exec();
  }

  private async tryCreate(identity: CreateIdentity, turn: NewTurn): Promise<JobDocument | null> {
    const { chatId } = turn;
    const ordinal = (this.lastOrdinals.get(chatId) ?? (await this.readLastOrdinal(chatId))) + 2;
    const stored = await unlessDuplicate(insertOnce(this.jobs, newJob(identity, turn, ordinal, this.pool.clock)));
    if (stored?.ordinal === ordinal) this.lastOrdinals.set(chatId, ordinal);
    else this.lastOrdinals.forget(chatId);
    return stored;
  }

  private async readLastOrdinal(chatId: string): Promise<number> {
    const last = await this.jobs.findOne({ chatId }, { ordinal: 1 }).sort({ ordinal: -1 }).lean<{ ordinal: number }>();
    return last?.ordinal ?? -1;
  }
}
