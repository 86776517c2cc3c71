import { mongo } from 'mongoose';
import { DependencyUnavailableError } from '@slipstream/contracts';

/** Driver errors that mean "the database is away", as opposed to "the operation was wrong". */
const AWAY = new Set([
  'MongoNetworkError',
  'MongoNetworkTimeoutError',
  'MongoServerSelectionError',
  'MongoNotConnectedError',
  'MongoTopologyClosedError',
  'MongoClientClosedError',
  'MongoWaitQueueTimeoutError',
  'MongoPoolClearedError',
  'MongoPoolClosedError',
  'PoolClearedOnNetworkError',
  'MongooseServerSelectionError',
]);

/** Server codes for a node that is stepping down, starting or shutting down (MongoDB's error code table). */
const AWAY_CODES = new Set([91, 189, 11600, 11602, 10107, 13435, 13436]);

/** The error that callers see: {@link DependencyUnavailableError} when the database is away, else the error itself. */
export function translateDatabaseError(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const code = (error as { code?: unknown }).code;
  const away = AWAY.has(error.name) || (typeof code === 'number' && AWAY_CODES.has(code));
  return away ? new DependencyUnavailableError('mongodb', { cause: error }) : error;
}

/** Whether a unique index refused the write. */
export const isDuplicateKey = (error: unknown): boolean => error instanceof mongo.MongoServerError && error.code === 11000;

/** @returns null when a unique index refused the write */
export async function unlessDuplicate<T>(write: Promise<T>): Promise<T | null> {
  try {
    return await write;
  } catch (error) {
    if (isDuplicateKey(error)) return null;
    throw error;
  }
}
