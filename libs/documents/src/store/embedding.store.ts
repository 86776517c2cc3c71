import { Injectable } from '@nestjs/common';
import { InjectModel, type ModelDefinition } from '@nestjs/mongoose';
import { bulkUpsert, DatabasePool, Schema, type Model, versioned } from '@slipstream/mongo';
import type { EmbeddingCache } from '../embedding/cached.embedder.js';

interface EmbeddingRecord {
  /** Hash of embedder and text. */
  _id: string;
  /** 32-bit floats, little-endian. */
  vector: Buffer;
  createdAt: Date;
}

/** Longer than all attempts of an ingestion take. */
const KEPT_SECONDS = 7 * 24 * 3600;

const embeddingSchema: Schema<EmbeddingRecord> = new Schema<EmbeddingRecord>(
  {
    _id: { type: String, required: true },
    vector: { type: Buffer, required: true },
    createdAt: { type: Date, required: true },
  },
  { collection: 'document_embeddings', versionKey: false },
).index({ createdAt: 1 }, { expireAfterSeconds: KEPT_SECONDS });

export const embeddingModel: ModelDefinition = { name: 'DocumentEmbedding', schema: versioned(embeddingSchema) };

/** Vectors of passages that were embedded lately. */
@Injectable()
export class EmbeddingStore implements EmbeddingCache {
  constructor(
    @InjectModel(embeddingModel.name) private readonly embeddings: Model<EmbeddingRecord>,
    private readonly pool: DatabasePool,
  ) {}

  async find(keys: readonly string[]): Promise<ReadonlyMap<string, Float32Array>> {
    const found = await this.pool.run('embedding.find', () =>
      this.embeddings
        .find({ _id: { $in: keys } })
        .lean<{ _id: string; vector: { buffer: Buffer } }[]>()
        .exec(),
    );
    return new Map(found.map(({ _id, vector }) => [_id, toVector(vector.buffer)]));
  }

  async put(vectors: ReadonlyMap<string, Float32Array>): Promise<void> {
    const createdAt = new Date();
    const documents = [...vectors].map(([_id, vector]) => ({ _id, set: { vector: toBytes(vector), createdAt } }));
    await this.pool.run('embedding.put', () => bulkUpsert(this.embeddings, documents));
  }
}

const BYTES = Float32Array.BYTES_PER_ELEMENT;

const toBytes = (vector: Float32Array): Buffer => Buffer.from(vector.buffer, vector.byteOffset, vector.byteLength);
/** Copied, because the bytes of an answer of the database lie at any address. */
const toVector = (bytes: Buffer): Float32Array =>
  new Float32Array(new Uint8Array(bytes).buffer, 0, Math.floor(bytes.length / BYTES));
