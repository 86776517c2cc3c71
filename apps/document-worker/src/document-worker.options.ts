import type { Config } from '@slipstream/config';
import type {
  ExternalExtractorOptions,
  ExtractionOptions,
  IngestionOptions,
  ModelEmbedderOptions,
} from '@slipstream/documents';
import type { FairPlacesOptions } from '@slipstream/rabbitmq';
import type { DocumentWorkOptions } from './document-work.js';

const BYTES_PER_MB = 1024 * 1024;

export const extractionOptions = ({ documents }: Config): ExtractionOptions => ({
  timeoutMs: documents.extractionTimeoutMs,
  maxHeapMb: Math.floor(documents.extractionHeapBytes / BYTES_PER_MB),
  maxChars: documents.maxTextChars,
  maxUnpackedBytes: documents.maxUnpackedBytes,
});

/** Undefined without an external extractor. */
export function externalExtractorOptions({ documents }: Config): ExternalExtractorOptions | undefined {
  const { protocol, url, apiKey, kinds, timeoutMs, maxAnswerBytes } = documents.extractors.external;
  return url === undefined
    ? undefined
    : { protocol, url, kinds, timeoutMs, maxAnswerBytes, ...(apiKey !== undefined && { apiKey }) };
}

export const ingestionOptions = ({ documents }: Config): IngestionOptions => ({
  chunks: { maxTokens: documents.chunkTokens, overlapTokens: documents.chunkOverlapTokens },
  batchSize: documents.batchSize,
});

export const workOptions = ({ documents }: Config): DocumentWorkOptions => ({
  leaseMs: documents.leaseMs,
  maxAttempts: documents.maxAttempts,
  keptMs: documents.loaderKeptMs,
});

type PlacesOptions = Pick<FairPlacesOptions, 'total' | 'maxPerGroup' | 'lendsFreePlaces'>;

export const placesOptions = ({ documents }: Config): PlacesOptions => ({
  // Extraction has a time limit, so an ingestion always ends.
  lendsFreePlaces: true,
  total: documents.concurrency,
  maxPerGroup: documents.concurrencyPerKind,
});

/** Undefined without an embedding model: the built-in embedder is used. */
export const embedderOptions = ({ documents }: Config): ModelEmbedderOptions | undefined =>
  documents.embeddingModel === undefined
    ? undefined
    : { model: documents.embeddingModel, purpose: documents.embeddingPurpose };

export const sweepIntervalMs = ({ documents }: Config): number => documents.sweepIntervalMs;

export const vectorsUrl = ({ documents }: Config): string => documents.vectorsUrl;
