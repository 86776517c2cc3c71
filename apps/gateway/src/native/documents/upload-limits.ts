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

/**
 * Largest size of the user's next file.
 * @throws ConflictError `document_limit_reached`
 */
export function bytesLeft({ documents, bytes, open }: DocumentUsage, limits: UploadLimits): number {
  const reached =
    documents >= limits.maxPerUser
      ? `${limits.maxPerUser} documents (documents.maxPerUser)`
      : open >= limits.maxOpenPerUser
        ? `${limits.maxOpenPerUser} open documents (documents.maxOpenPerUser)`
        : bytes >= limits.maxBytesPerUser
          ? `${limits.maxBytesPerUser} bytes (documents.maxBytesPerUser)`
          : undefined;
  if (reached !== undefined) {
    throw new ConflictError('document_limit_reached', `The user has ${reached}; delete some, or wait for their end.`);
  }
  return Math.min(limits.maxFileBytes, limits.maxBytesPerUser - bytes);
}

export const fileTooLarge = (maxBytes: number): SlipstreamError =>
  new SlipstreamError('document_too_large', `The file is larger than ${maxBytes} bytes, the rest of the limit.`);
