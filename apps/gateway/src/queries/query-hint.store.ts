import { Injectable } from '@nestjs/common';
import { InjectModel, type ModelDefinition } from '@nestjs/mongoose';
import type { QueryHint } from '@slipstream/contracts';
import { DatabasePool, Schema, versioned, type Model } from '@slipstream/mongo';

const KEPT_SECONDS = 90 * 86_400;

/** The latest hint of one query shape. */
interface HintDocument {
  /** Id of the shape. */
  _id: string;
  /** JSON of a {@link QueryHint}. */
  hint: string;
  updatedAt: Date;
}

const hintSchema: Schema<HintDocument> = new Schema<HintDocument>(
  { _id: { type: String, required: true }, hint: { type: String, required: true } },
  { collection: 'query_hints', timestamps: { createdAt: false, updatedAt: true }, versionKey: false },
).index({ updatedAt: -1 }, { expireAfterSeconds: KEPT_SECONDS });

export const queryHintModel: ModelDefinition = { name: 'QueryHint', schema: versioned(hintSchema) };

const MAX_LISTED = 200;

/** Hints of query shapes, which every gateway sees. */
@Injectable()
export class QueryHintStore {
  constructor(
    @InjectModel(queryHintModel.name) private readonly hints: Model<HintDocument>,
    private readonly pool: DatabasePool,
  ) {}

  /** Latest first. @throws DependencyUnavailableError */
  list(): Promise<QueryHint[]> {
    return this.pool.run('query_hint.list', async () => {
      const found = await this.hints.find().sort({ updatedAt: -1 }).limit(MAX_LISTED).lean<HintDocument[]>();
      return found.map(({ hint }) => JSON.parse(hint) as QueryHint);
    });
  }

  /** @throws DependencyUnavailableError */
  async save(hint: QueryHint): Promise<void> {
    await this.pool.run('query_hint.save', () =>
      this.hints.updateOne({ _id: hint.query }, { $set: { hint: JSON.stringify(hint) } }, { upsert: true }),
    );
  }
}
