import type { DocumentKind } from '@slipstream/contracts';
import type { ExtractedPart } from './block.js';
import type { FileSource } from './file-source.js';

/** Answers of external extractors. */
export type AnswerKind = 'open-webui-answer' | 'tika-answer' | 'docling-answer';

/** Content that a thread can read. */
export type ExtractedKind = DocumentKind | AnswerKind;

/** Limits of an extractor. */
export interface ExtractionLimits {
  /** UTF-16 code units of text that one document may have. */
  maxChars: number;
  /** Bytes that the entries of an archive may unpack to, all together. */
  maxUnpackedBytes: number;
}

/** Input of an extractor. */
export interface ExtractionJob {
  source: FileSource;
  /** Number of parts that an earlier attempt stored; the extractor skips them. */
  skipParts: number;
  limits: ExtractionLimits;
}

/**
 * Reads the text of one format, part by part. The same file always gives the same parts.
 * @throws ExtractionError
 */
export type Extractor = (job: ExtractionJob) => AsyncGenerator<ExtractedPart, void, void>;
