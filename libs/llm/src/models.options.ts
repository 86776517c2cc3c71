import type { Config } from '@slipstream/config';
import type { ModelsOptions } from './create-models.js';
import type { ModelServers } from './model-pool.options.js';

type Llm = Pick<Config, 'llm'>;

/** Connection options of the model servers, the same for all apps. */
export const modelsOptions = ({ llm }: Llm): Pick<ModelsOptions, 'tls' | 'connectTimeoutMs'> => ({
  tls: { caFile: llm.tls.caFile, serverName: llm.tls.serverName },
  connectTimeoutMs: llm.connectTimeoutMs,
});

/** The model servers, and how long they may take. */
export const modelServersOptions = ({ llm }: Llm): ModelServers => ({
  backends: llm.backends.map(({ url, weight, apiKey }) => ({ url, weight, apiKey })),
  firstTokenTimeoutMs: llm.firstTokenTimeoutMs,
  stallTimeoutMs: llm.stallTimeoutMs,
});
