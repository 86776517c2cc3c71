import type { Logger } from '@slipstream/contracts';
import type { BackendTlsOptions } from '@slipstream/upstream';
import type { DependencyMetrics, ModelMetrics } from './metrics.port.js';
import type { ModelBackendOptions } from './model-backend.js';

/** Options of `ModelPool`. */
export interface ModelPoolOptions {
  backends: readonly ModelBackendOptions[];
  /** TLS of https servers. Default: Node's. */
  tls?: BackendTlsOptions;
  /** Time limit of connecting. Default 5000, minimum 1. */
  connectTimeoutMs?: number;
  /**
   * Time limit from a request for a stream to the first piece of the answer, over all tried servers. Default 60000,
   * minimum 1.
   */
  firstTokenTimeoutMs?: number;
  /** Longest pause of the model within an answer. Default 60000, minimum 1. */
  stallTimeoutMs?: number;
  /**
   * Time limit from a request for an answer in one piece to its header, which follows generation. Default 600000,
   * minimum 1.
   */
  wholeAnswerTimeoutMs?: number;
  /** Largest text of `streamChat`, in UTF-8, because callers keep it. Default 8388608 (8 MiB), minimum 1. */
  maxResponseBytes?: number;
  /** Time for which a list of models is current. Default 10000. */
  modelListTtlMs?: number;
  /** Name of this gateway in Via, which identifies returning calls. Default: a random one. */
  pseudonym?: string;
  /** Called for each unexpected error that ended one answer. */
  onUncaughtError?: () => void;
  logger: Logger;
  metrics?: DependencyMetrics;
  modelMetrics?: ModelMetrics;
}

/** Options that can be replaced. */
export type ModelServers = Required<Pick<ModelPoolOptions, 'backends' | 'firstTokenTimeoutMs' | 'stallTimeoutMs'>>;
