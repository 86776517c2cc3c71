import { Injectable } from '@nestjs/common';
import { InjectModel, type ModelDefinition } from '@nestjs/mongoose';
import type { IndexTrial } from '@slipstream/contracts';
import { DatabasePool, Schema, versioned, type Model } from '@slipstream/mongo';

const KEPT_SECONDS = 90 * 86_400;

/** The latest trial of one index. */
interface TrialDocument {
  /** `collection.name`. */
  _id: string;
  /** JSON of an {@link IndexTrial}: names of fields are values there, and may contain dots. */
  trial: string;
  updatedAt: Date;
}

const trialSchema: Schema<TrialDocument> = new Schema<TrialDocument>(
  { _id: { type: String, required: true }, trial: { type: String, required: true } },
  { collection: 'index_trials', timestamps: { createdAt: false, updatedAt: true }, versionKey: false },
).index({ updatedAt: -1 }, { expireAfterSeconds: KEPT_SECONDS });

export const indexTrialModel: ModelDefinition = { name: 'IndexTrial', schema: versioned(trialSchema) };

const MAX_LISTED = 200;

/** Trials of indexes, which every gateway sees. */
@Injectable()
export class IndexTrialStore {
  constructor(
    @InjectModel(indexTrialModel.name) private readonly trials: Model<TrialDocument>,
    private readonly pool: DatabasePool,
  ) {}

  /** Latest first. @throws DependencyUnavailableError */
  list(): Promise<IndexTrial[]> {
    return this.pool.run('index_trial.list', async () => {
      const found = await this.trials.find().sort({ updatedAt: -1 }).limit(MAX_LISTED).lean<TrialDocument[]>();
      return found.map(({ trial }) => JSON.parse(trial) as IndexTrial);
    });
  }

  /** @throws DependencyUnavailableError */
  find(collection: string, name: string): Promise<IndexTrial | undefined> {
    return this.pool.run('index_trial.find', async () => {
      const found = await this.trials.findById(`${collection}.${name}`).lean<TrialDocument>();
      return found ? (JSON.parse(found.trial) as IndexTrial) : undefined;
    });
  }

  /** @throws DependencyUnavailableError */
  async save(trial: IndexTrial): Promise<void> {
    const _id = `${trial.collection}.${trial.name}`;
    await this.pool.run('index_trial.save', () =>
      this.trials.updateOne({ _id }, { $set: { trial: JSON.stringify(trial) } }, { upsert: true }),
    );
  }
}
