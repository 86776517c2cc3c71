import type { Model } from 'mongoose';
import { ConflictError } from '@slipstream/contracts';
import { isDuplicateKey } from './database-errors.js';

/** Identity of a create call that may be repeated: an id derived from its Idempotency-Key, and a hash of its body. */
export interface CreateIdentity {
  id: string;
  /** Absent without a key: then `id` is new and nothing is compared. */
  requestHash?: string;
}

interface Created {
  _id: string;
  requestHash?: string;
}

/**
 * Inserts a document once. A second create call with the same identity returns the stored document of the first one.
 * The id is derived from the key, so the uniqueness in the database decides, for any number of concurrent calls and
 * wherever a process ends.
 * @throws ConflictError `idempotency_key_reused` if the body differs
 */
export async function insertOnce<T extends Created>(model: Model<T>, document: Partial<T> & Created): Promise<T> {
  try {
    return (await model.create(document)).toObject() as T;
  } catch (error) {
    if (!isDuplicateKey(error) || document.requestHash === undefined) throw error;
    const existing = await findReplay(model, { id: document._id, requestHash: document.requestHash });
    if (!existing) throw error;
    return existing;
  }
}

/**
 * Returns the document of an earlier create call with this identity, if it exists.
 * @throws ConflictError `idempotency_key_reused`
 */
export async function findReplay<T extends Created>(
  model: Model<T>,
  { id, requestHash }: CreateIdentity,
): Promise<T | null> {
  if (requestHash === undefined) return null;
  const existing = await model.findById(id).lean<T>();
  if (existing && existing.requestHash !== requestHash) {
    throw new ConflictError(
      'idempotency_key_reused',
      'This Idempotency-Key was used with another body; send a new key, or the same body.',
    );
  }
  return existing;
}
