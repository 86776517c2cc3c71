import { Injectable } from '@nestjs/common';
import { InjectModel } from '@nestjs/mongoose';
import { DatabasePool, type Model } from '@slipstream/mongo';
import type { ExtractedPart } from '../extraction/block.js';
import { partModel, type PartRecord } from './part.schema.js';

/** The extracted text of documents, kept so that a retry or another embedder need not extract it again. */
@Injectable()
export class PartStore {
  constructor(
    @InjectModel(partModel.name) private readonly parts: Model<PartRecord>,
    private readonly pool: DatabasePool,
  ) {}

  async put(documentId: string, number: number, part: ExtractedPart): Promise<void> {
    const record = { _id: `${documentId}:${number}`, documentId, number, ...part };
    await this.pool.run('document_part.put', () =>
      this.parts.replaceOne({ _id: record._id }, record, { upsert: true }),
    );
  }

  /** Number of parts that are stored without a gap, from the first. */
  async count(documentId: string): Promise<number> {
    const found = await this.pool.run('document_part.count', () =>
      this.parts.find({ documentId }, { number: 1 }).sort({ number: 1 }).lean<{ number: number }[]>(),
    );
    const gap = found.findIndex(({ number }, index) => number !== index);
    return gap < 0 ? found.length : gap;
  }

  /** Whether any text was extracted. */
  hasText(documentId: string): Promise<boolean> {
    return this.pool.run('document_part.has_text', async () => {
      return (await this.parts.exists({ documentId, 'blocks.0': { $exists: true } }).exec()) !== null;
    });
  }

  find(documentId: string, number: number): Promise<PartRecord | null> {
    return this.pool.run('document_part.find', () =>
      this.parts.findById(`${documentId}:${number}`).lean<PartRecord>().exec(),
    );
  }

  async deleteOf(documentId: string): Promise<void> {
    await this.pool.run('document_part.delete', () => this.parts.deleteMany({ documentId }));
  }
}
