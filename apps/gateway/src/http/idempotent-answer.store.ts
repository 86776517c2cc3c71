import { InjectModel, type ModelDefinition } from '@nestjs/mongoose';
import { Injectable } from '@nestjs/common';
import { ConflictError } from '@slipstream/contracts';
import {
  DatabasePool,
  Schema,
  findReplay,
  reanchored,
  unlessDuplicate,
  type CreateIdentity,
  type Model,
  versioned,
} from '@slipstream/mongo';

interface AnswerDocument {
  _id: string;
  requestHash: string;
  /** Start of the call that computes the answer; identifies that call. */
  begunAt: Date;
  /**
   * Time after which that call counts as dead, and when it was set, by the database's clock. Absent on documents of
   * older versions, which count as dead.
   */
  claimableAt?: Date;
  setAt?: Date;
  /** Absent while that call runs. */
  answer?: string;
  createdAt: Date;
}

/** Time after which a key may be used again. */
const KEPT_SECONDS = 86_400;
/** Time after which a running call has died with its process; the next one runs again. */
const DEAD_AFTER_MS = 60_000;

const answerSchema: Schema<AnswerDocument> = new Schema<AnswerDocument>(
  {
    _id: { type: String, required: true },
    requestHash: { type: String, required: true },
    begunAt: { type: Date, required: true },
    claimableAt: Date,
    setAt: Date,
    answer: String,
  },
  { collection: 'idempotent_answers', timestamps: true, versionKey: false },
).index({ createdAt: 1 }, { expireAfterSeconds: KEPT_SECONDS });

export const idempotentAnswerModel: ModelDefinition = { name: 'IdempotentAnswer', schema: versioned(answerSchema) };

/** The call must run now. */
export interface BegunCall {
  id: string;
  begunAt: Date;
}

/**
 * Answers of calls that create no resource with an id of its own, so that a repeated call gets the same answer. If a
 * process dies after the effect and before storing the answer, the call runs again.
 */
@Injectable()
export class IdempotentAnswerStore {
  constructor(
    @InjectModel(idempotentAnswerModel.name) private readonly answers: Model<AnswerDocument>,
    private readonly pool: DatabasePool,
  ) {}

  /**
   * @returns the answer of an earlier equal call; otherwise the caller must run the call, and then {@link keep} or
   * {@link forget} it
   * @throws ConflictError `idempotency_key_reused` if the body differs, `call_under_way` while another call runs
   */
  begin({ id, requestHash }: Required<CreateIdentity>): Promise<BegunCall | { answer: string }> {
    return this.pool.run('answer.begin', async () => {
      const now = this.pool.clock.now();
      const begun = { begunAt: new Date(now), setAt: new Date(now), claimableAt: new Date(now + DEAD_AFTER_MS) };
      if (await unlessDuplicate(this.answers.create({ _id: id, requestHash, ...begun })))
        return { id, begunAt: begun.begunAt };
      const earlier = await findReplay(this.answers, { id, requestHash });
      if (earlier?.answer !== undefined) return { answer: earlier.answer };
      if (await this.takeOver(id, begun)) return { id, begunAt: begun.begunAt };
      throw new ConflictError(
        'call_under_way',
        'A call with this Idempotency-Key is running; repeat the request to get its answer.',
        { retryAfterSeconds: 1 },
      );
    });
  }

  /** Stores the answer of the call. */
  async keep({ id, begunAt }: BegunCall, answer: string): Promise<void> {
    await this.pool.run('answer.keep', () => this.answers.updateOne({ _id: id, begunAt }, { $set: { answer } }));
  }

  /** The call failed: the next one with its key is a first one. */
  async forget({ id, begunAt }: BegunCall): Promise<void> {
    await this.pool.run('answer.forget', () => this.answers.deleteOne({ _id: id, begunAt }));
  }

  /** @returns null while the earlier call runs */
  private takeOver(
    id: string,
    begun: Pick<AnswerDocument, 'begunAt' | 'setAt' | 'claimableAt'>,
  ): Promise<AnswerDocument | null> {
    const { clock } = this.pool;
    const unanswered = { _id: id, answer: null };
    return reanchored(this.answers, unanswered, 'claimableAt', clock, () => {
      const dead = { ...unanswered, claimableAt: { $not: { $gt: new Date(clock.settledNow()) } } };
      return this.answers.findOneAndUpdate(dead, { $set: begun }).lean<AnswerDocument>().exec();
    });
  }
}
