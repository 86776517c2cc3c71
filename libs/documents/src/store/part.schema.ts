import type { ModelDefinition } from '@nestjs/mongoose';
import { Schema, versioned } from '@slipstream/mongo';
import type { Block, ExtractedPart } from '../extraction/block.js';

/** Extracted text of a document. The same file gives the same parts, so writing one again changes nothing. */
export interface PartRecord extends ExtractedPart {
  /** `documentId:number`. */
  _id: string;
  documentId: string;
  /** From 0. */
  number: number;
  blocks: Block[];
}

const partSchema: Schema<PartRecord> = new Schema<PartRecord>(
  {
    _id: { type: String, required: true },
    documentId: { type: String, required: true },
    number: { type: Number, required: true },
    // Mongoose would make a document of each block; nothing is searched in them.
    blocks: { type: Schema.Types.Mixed, required: true },
    pagesDone: { type: Number, required: true },
    pagesTotal: Number,
  },
  { collection: 'document_parts', versionKey: false },
).index({ documentId: 1, number: 1 }, { unique: true });

export const partModel: ModelDefinition = { name: 'DocumentPart', schema: versioned(partSchema) };
