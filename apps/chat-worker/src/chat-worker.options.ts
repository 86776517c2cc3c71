import type { Config } from '@slipstream/config';
import type { FairPlacesOptions } from '@slipstream/rabbitmq';
import type { GenerationOptions } from './generation.js';

export const generationOptions = ({ chat }: Config): GenerationOptions => ({
  leaseMs: chat.leaseMs,
  maxAttempts: chat.maxAttempts,
  historyMaxMessages: chat.historyMaxMessages,
});

export const placesOptions = ({ chat }: Config): Pick<FairPlacesOptions, 'total' | 'maxPerGroup'> => ({
  total: chat.concurrency,
  maxPerGroup: chat.concurrencyPerModel,
});

export const sweepIntervalMs = ({ chat }: Config): number => chat.sweepIntervalMs;
