import { InjectModel, type ModelDefinition } from '@nestjs/mongoose';
import { Injectable } from '@nestjs/common';
import { DatabasePool, Schema, reanchored, type Model } from '@slipstream/mongo';

/** What is removed with everything that belongs to it. */
export type RemovedKind = 'chat' | 'user';

export interface RemovalDocument {
  /** `kind:id`. */
  _id: string;
  kind: RemovedKind;
  id: string;
  userId: string;
  /** When the removal is done once more, and for the last time. */
  dueAt: Date;
  /** When that was set, by the database's clock. Absent on removals of older versions. */
  setAt?: Date;
}

/** Longer than a request that began before the removal takes to store something. */
const LAST_PASS_AFTER_MS = 15_000;
/** A last pass whose process died is done again after this long. */
const AGAIN_AFTER_MS = 30_000;

const removalSchema: Schema<RemovalDocument> = new Schema<RemovalDocument>(
  {
    _id: { type: String, required: true },
    kind: { type: String, required: true },
    id: { type: String, required: true },
    userId: { type: String, required: true },
    dueAt: { type: Date, required: true },
    setAt: Date,
  },
  { collection: 'removals', versionKey: false, id: false },
).index({ dueAt: 1 });

export const removalModel: ModelDefinition = { name: 'Removal', schema: removalSchema };

/**
 * Removals under way. One is written before anything is deleted, and stays until a last pass, some seconds later: a
 * process that dies in between leaves nothing behind that belongs to nobody.
 */
@Injectable()
export class RemovalStore {
  constructor(
    @InjectModel(removalModel.name) private readonly removals: Model<RemovalDocument>,
    private readonly pool: DatabasePool,
  ) {}

  async begin(kind: RemovedKind, id: string, userId: string): Promise<void> {
    const change = { $set: { kind, id, userId, ...this.dueIn(LAST_PASS_AFTER_MS) } };
    await this.pool.run('removal.begin', () =>
      this.removals.updateOne({ _id: `${kind}:${id}` }, change, { upsert: true }),
    );
  }

  /** One whose last pass is due; handed out to one caller at a time. */
  takeDue(): Promise<RemovalDocument | null> {
    const { clock } = this.pool;
    return this.pool.run('removal.sweep', () =>
      reanchored(this.removals, {}, clock, () => {
        const due = { dueAt: { $lte: new Date(clock.settledNow()) } };
        return this.removals
          .findOneAndUpdate(due, { $set: this.dueIn(AGAIN_AFTER_MS) })
          .lean<RemovalDocument>()
          .exec();
      }),
    );
  }

  async done({ _id }: Pick<RemovalDocument, '_id'>): Promise<void> {
    await this.pool.run('removal.done', () => this.removals.deleteOne({ _id }));
  }

  private dueIn(ms: number): Pick<RemovalDocument, 'dueAt' | 'setAt'> {
    const now = this.pool.clock.now();
    return { dueAt: new Date(now + ms), setAt: new Date(now) };
  }
}
