import { ConflictError, SlipstreamError } from '@slipstream/contracts';
import type { DocumentUsage } from '@slipstream/documents';

export interface UploadLimits {
  /** Largest file. */
  maxFileBytes: number;
  /** Documents of one user. */
  maxPerUser: number;
  /** Bytes of the files of one user. */
  maxBytesPerUser: number;
  /** Open documents of one user. */
  maxOpenPerUser: number;
}

/** A limit of the user's documents, and the setting that it comes from. */
interface Limited {
  value: keyof DocumentUsage;
  limit: 'maxPerUser' | 'maxOpenPerUser' | 'maxBytesPerUser';
  noun: string;
}

const LIMITED: readonly Limited[] = [
  { value: 'documents', limit: 'maxPerUser', noun: 'documents' },
  { value: 'open', limit: 'maxOpenPerUser', noun: 'open documents' },
  { value: 'bytes', limit: 'maxBytesPerUser', noun: 'bytes' },
];

/**
 * Largest size of the user's next file.
 * @throws ConflictError `document_limit_reached`
 */
export function bytesLeft(usage: DocumentUsage, limits: UploadLimits): number {
  const reached = LIMITED.find(({ value, limit }) => usage[value] >= limits[limit]);
  if (reached) throw limitReached(reached, limits);
  return Math.min(limits.maxFileBytes, limits.maxBytesPerUser - usage.bytes);
}

/**
 * Checks the user's documents once more after a file was stored: uploads at the same time pass the first check
 * together.
 * @throws ConflictError `document_limit_reached`
 */
export function requireWithinLimits(usage: DocumentUsage, limits: UploadLimits): void {
  const exceeded = LIMITED.find(({ value, limit }) => usage[value] > limits[limit]);
  if (exceeded) throw limitReached(exceeded, limits);
}

const limitReached = ({ limit, noun }: Limited, limits: UploadLimits): ConflictError =>
  new ConflictError(
    'document_limit_reached',
    `The user has ${limits[limit]} ${noun} (documents.${limit}); delete some, or wait for their end.`,
  );

export const fileTooLarge = (maxBytes: number): SlipstreamError =>
  new SlipstreamError('document_too_large', `The file is larger than ${maxBytes} bytes, the rest of the limit.`);
