import type { ModelDefinition } from '@nestjs/mongoose';
import { Schema, versioned } from '@slipstream/mongo';

export interface ChatDocument {
  _id: string;
  userId: string;
  title: string;
  model?: string;
  /** Hash of the request that created the chat, if it had an Idempotency-Key. */
  requestHash?: string;
  createdAt: Date;
  updatedAt: Date;
}

const chatSchema: Schema<ChatDocument> = new Schema<ChatDocument>(
  {
    _id: { type: String, required: true },
    userId: { type: String, required: true },
    title: { type: String, required: true },
    model: String,
    requestHash: String,
  },
  { collection: 'chats', timestamps: true, versionKey: false },
).index({ userId: 1, createdAt: -1, _id: -1 });

export const chatModel: ModelDefinition = { name: 'Chat', schema: versioned(chatSchema) };
