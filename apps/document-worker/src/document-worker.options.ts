import { documentShares, type Config } from '@slipstream/config';
import type {
  ExternalExtractorOptions,
  ExtractionOptions,
  IngestionOptions,
  ModelEmbedderOptions,
} from '@slipstream/documents';
import type { FairPlacesOptions } from '@slipstream/rabbitmq';
import type { LanceStoreOptions } from '@slipstream/vectors/lance';
import type { DocumentWorkOptions } from './document-work.js';

export function extractionOptions(config: Config): ExtractionOptions {
  const { documents } = config;
  return {
    timeoutMs: documents.extractionTimeoutMs,
    maxBytes: documentShares(config).fileBytes,
    maxChars: documents.maxTextChars,
    maxUnpackedBytes: documents.maxUnpackedBytes,
  };
}

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

export const placesOptions = (config: Config): PlacesOptions => ({
  // Extraction has a time limit, so an ingestion always ends.
  lendsFreePlaces: true,
  total: documentShares(config).files,
  maxPerGroup: config.documents.concurrencyPerKind,
});

/** Whether fewer documents are ingested at a time than the configuration says. */
export const isConcurrencyLowered = (config: Config): boolean =>
  documentShares(config).files < config.documents.concurrency;

/** Undefined without an embedding model: the built-in embedder is used. */
export const embedderOptions = ({ documents }: Config): ModelEmbedderOptions | undefined =>
  documents.embeddingModel === undefined
    ? undefined
    : { model: documents.embeddingModel, purpose: documents.embeddingPurpose };

export const sweepIntervalMs = ({ documents }: Config): number => documents.sweepIntervalMs;

export function vectorsOptions(config: Config): LanceStoreOptions {
  const { vectorIndexBytes, vectorMetadataBytes } = documentShares(config);
  return {
    uri: config.documents.vectorsUrl,
    indexCacheBytes: vectorIndexBytes,
    metadataCacheBytes: vectorMetadataBytes,
  };
}
