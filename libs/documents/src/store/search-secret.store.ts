import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { InjectModel, type ModelDefinition } from '@nestjs/mongoose';
import { DatabasePool, Schema, type Model, versioned } from '@slipstream/mongo';

interface SecretRecord {
  _id: string;
  secret: string;
}

const secretSchema: Schema<SecretRecord> = new Schema<SecretRecord>(
  { _id: { type: String, required: true }, secret: { type: String, required: true } },
  { collection: 'secrets', versionKey: false },
);

export const secretModel: ModelDefinition = { name: 'Secret', schema: versioned(secretSchema) };

const ID = 'document-search';

/**
 * The secret by which gateways show the document-worker who they are. It is made once for each database, so processes
 * that share one agree without configuration.
 */
@Injectable()
export class SearchSecretStore {
  private known?: string;

  constructor(
    @InjectModel(secretModel.name) private readonly secrets: Model<SecretRecord>,
    private readonly pool: DatabasePool,
  ) {}

  /** @throws DependencyUnavailableError */
  async get(): Promise<string> {
    const fresh = { $setOnInsert: { secret: randomBytes(32).toString('base64url') } };
    this.known ??= (
      await this.pool.run('secret.get', () =>
        this.secrets
          .findOneAndUpdate({ _id: ID }, fresh, { upsert: true, returnDocument: 'after' })
          .lean<SecretRecord>(),
      )
    )?.secret;
    return this.known!;
  }
}
