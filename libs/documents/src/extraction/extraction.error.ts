import { SlipstreamError, type ErrorCode } from '@slipstream/contracts';

/** Reasons for which a file gives no text. All are permanent. */
export const EXTRACTION_CODES = [
  'document_damaged',
  'document_encrypted',
  'document_no_text',
  'document_unsupported',
  'document_too_complex',
  'document_timeout',
] as const satisfies ErrorCode[];
export type ExtractionCode = (typeof EXTRACTION_CODES)[number];

export const isExtractionCode = (code: unknown): code is ExtractionCode =>
  (EXTRACTION_CODES as readonly unknown[]).includes(code);

/** The file itself is the cause: the same file fails again. */
export class ExtractionError extends SlipstreamError {
  constructor(
    override readonly code: ExtractionCode,
    message?: string,
    cause?: unknown,
  ) {
    super(code, message, { cause });
  }
}
