import type { ModelDefinition } from '@nestjs/mongoose';
import { Schema, versioned } from '@slipstream/mongo';

/** A notification in the inbox of its user. It has the id of the notification, so the inbox contains it once. */
export interface InboxDocument {
  _id: string;
  userId: string;
  /** Place in the inbox: 1, 2, 3, …; unique within it. */
  sequence: number;
  kind: string;
  title: string;
  text: string;
  url?: string;
  isRead: boolean;
  /** When the database removes it. Absent on the newest of each inbox, from which the next place is counted. */
  expiresAt?: Date;
  createdAt: Date;
  updatedAt: Date;
}

const inboxSchema: Schema<InboxDocument> = new Schema<InboxDocument>(
  {
    _id: { type: String, required: true },
    userId: { type: String, required: true },
    sequence: { type: Number, required: true },
    kind: { type: String, required: true },
    title: String,
    text: String,
    url: String,
    isRead: { type: Boolean, required: true },
    expiresAt: Date,
  },
  { collection: 'inbox', timestamps: true, versionKey: false },
)
  .index({ userId: 1, sequence: 1 }, { unique: true })
  .index({ userId: 1, createdAt: -1, _id: -1 })
  .index({ expiresAt: 1 }, { expireAfterSeconds: 0 });

export const inboxModel: ModelDefinition = { name: 'Inbox', schema: versioned(inboxSchema) };
