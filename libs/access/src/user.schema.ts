import type { ModelDefinition } from '@nestjs/mongoose';
import { cachedQueries, Schema, versioned } from '@slipstream/mongo';

export interface UserDocument {
  _id: string;
  name: string;
  email?: string;
  /** Hash of the request that created the user, if it had an Idempotency-Key. */
  requestHash?: string;
  createdAt: Date;
  updatedAt: Date;
}

const userSchema: Schema<UserDocument> = new Schema<UserDocument>(
  {
    _id: { type: String, required: true },
    name: { type: String, required: true },
    email: String,
    requestHash: String,
  },
  { collection: 'users', timestamps: true, versionKey: false },
).index({ createdAt: -1, _id: -1 });

export const userModel: ModelDefinition = { name: 'User', schema: versioned(cachedQueries(userSchema)) };
