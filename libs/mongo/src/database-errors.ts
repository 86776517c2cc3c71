import { mongo } from 'mongoose';
import { DependencyUnavailableError } from '@slipstream/contracts';

/** Driver errors that mean "the database is unreachable", as opposed to "the operation was wrong". */
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

/**
 * Codes of a server that can't run the operation now (MongoDB's error code table); the same operation may succeed
 * later.
 */
const UNAVAILABLE_CODES: ReadonlySet<unknown> = new Set([
  // The network between the servers.
  6, // HostUnreachable
  7, // HostNotFound
  89, // NetworkTimeout
  202, // NetworkInterfaceExceededTimeLimit
  384, // ConnectionError
  9001, // SocketException
  // A node that is starting, stepping down or shutting down.
  91, // ShutdownInProgress
  133, // FailedToSatisfyReadPreference
  134, // ReadConcernMajorityNotAvailableYet
  189, // PrimarySteppedDown
  10058, // LegacyNotPrimary
  10107, // NotWritablePrimary
  11600, // InterruptedAtShutdown
  11602, // InterruptedDueToReplStateChange
  13435, // NotPrimaryNoSecondaryOk
  13436, // NotPrimaryOrSecondary
  // A node that accepts no writes, or has no space for them.
  371, // UserWritesBlocked
  14031, // OutOfDiskSpace
  // Overload, or too much contention at a document.
  24, // LockTimeout
  46, // LockBusy
  50, // MaxTimeMSExpired
  112, // WriteConflict
  262, // ExceededTimeLimit
  365, // TemporarilyUnavailable
  462, // IngressRequestRateLimitExceeded
  // The write was not replicated as required.
  64, // WriteConcernTimeout
  100, // UnsatisfiableWriteConcern
]);

/** Servers report a full disk under several codes, with the text of the operating system or provider. */
const NO_SPACE = /no space left on device|disk is full|over your space quota/i;

/**
 * Returns the error for callers: {@link DependencyUnavailableError} if the database is unreachable or can't write now,
 * else the error itself.
 */
export function translateDatabaseError(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  return isUnavailability(error) ? new DependencyUnavailableError('mongodb', { cause: error }) : error;
}

function isUnavailability(error: Error): boolean {
  return (
    AWAY.has(error.name) || codesOf(error).some((code) => UNAVAILABLE_CODES.has(code)) || NO_SPACE.test(error.message)
  );
}

/** The code of the command, of its first failed write, and of its write concern. */
function codesOf(error: Error): unknown[] {
  const { code, writeErrors, result } = error as { code?: unknown; writeErrors?: unknown; result?: unknown };
  const [first] = [writeErrors].flat() as ({ code?: unknown } | undefined)[];
  const concern = (result as { writeConcernError?: { code?: unknown } } | undefined)?.writeConcernError;
  return [code, first?.code, concern?.code];
}

/** Whether a unique index rejected the write. */
export const isDuplicateKey = (error: unknown): boolean =>
  error instanceof mongo.MongoServerError && error.code === 11000;

/** @returns null if a unique index rejected the write */
export async function unlessDuplicate<T>(write: Promise<T>): Promise<T | null> {
  try {
    return await write;
  } catch (error) {
    if (isDuplicateKey(error)) return null;
    throw error;
  }
}
