import type { Config } from '@slipstream/config';
import type { FairPlacesOptions } from '@slipstream/rabbitmq';
import type { GenerationOptions } from './generation.js';

export const generationOptions = ({ chat }: Config): GenerationOptions => ({
  leaseMs: chat.leaseMs,
  maxAttempts: chat.maxAttempts,
  historyMaxMessages: chat.historyMaxMessages,
  historyMaxBytes: chat.historyMaxBytes,
});

export const placesOptions = ({ chat }: Config): Pick<FairPlacesOptions, 'total' | 'maxPerGroup'> => ({
  total: chat.concurrency,
  maxPerGroup: chat.concurrencyPerModel,
});

export const sourceTokens = ({ documents }: Config): number => documents.contextTokens;

/** Address of the search in documents. */
export const documentSearchUrl = ({ documents }: Config): string => documents.searchUrl;

export const sweepIntervalMs = ({ chat }: Config): number => chat.sweepIntervalMs;
