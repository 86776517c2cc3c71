import type { Config } from '@slipstream/config';
import type { ModelsOptions } from './create-models.js';

type PoolSettings = 'backends' | 'tls' | 'connectTimeoutMs' | 'firstTokenTimeoutMs' | 'stallTimeoutMs';

/** The pool of model servers as configured, the same for all apps that compose one. */
export const modelsOptions = ({ llm }: Pick<Config, 'llm'>): Pick<ModelsOptions, PoolSettings> => ({
  backends: llm.backends.map(({ url, weight, apiKey }) => ({ url, weight, apiKey })),
  tls: { caFile: llm.tls.caFile, serverName: llm.tls.serverName },
  connectTimeoutMs: llm.connectTimeoutMs,
  firstTokenTimeoutMs: llm.firstTokenTimeoutMs,
  stallTimeoutMs: llm.stallTimeoutMs,
});
