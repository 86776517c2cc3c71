import { InjectModel, type ModelDefinition } from '@nestjs/mongoose';
import { Injectable } from '@nestjs/common';
import { DatabasePool, Schema, reanchored, type Model, versioned } from '@slipstream/mongo';

/** Kinds of objects that are removed with all of their data. */
export type RemovedKind = 'chat' | 'user';

export interface RemovalDocument {
  /** `kind:id`. */
  _id: string;
  kind: RemovedKind;
  id: string;
  userId: string;
  /** Time of the last pass of the removal. */
  dueAt: Date;
  /** When that time was set, by the database's clock. Absent on removals of older versions. */
  setAt?: Date;
}

/** Longer than a request that began before the removal needs to store its data. */
const LAST_PASS_AFTER_MS = 15_000;
/** Time after which a last pass is repeated if its process died. */
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

export const removalModel: ModelDefinition = { name: 'Removal', schema: versioned(removalSchema) };

/**
 * Running removals. A removal is stored before the first deletion, and stays until its last pass some seconds later. If
 * a process dies in between, no data is left behind.
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

  /** Returns a removal whose last pass is due, to one caller at a time. */
  takeDue(): Promise<RemovalDocument | null> {
    const { clock } = this.pool;
    return this.pool.run('removal.sweep', () =>
      reanchored(this.removals, {}, 'dueAt', clock, () => {
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
