import { SlipstreamError } from '@slipstream/contracts';
import type { FileSource } from '../file-source.js';

/** The server answered something other than its protocol says. */
export const invalidAnswer = (expected: string, cause?: unknown): SlipstreamError =>
  new SlipstreamError(
    'document_extractor_failed',
    `The external extractor answered something other than ${expected}.`,
    {
      cause,
      isRetryable: true,
    },
  );

/** @throws SlipstreamError `document_extractor_failed` if the answer is not JSON */
export function jsonOf(source: FileSource, expected: string): unknown {
  try {
    return JSON.parse(source.whole().toString('utf8'));
  } catch (error) {
    throw invalidAnswer(expected, error);
  }
}

/** An object's fields; none for any other value. */
export const fieldsOf = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
