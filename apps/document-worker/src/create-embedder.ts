import type { Config } from '@slipstream/config';
import {
  CachedEmbedder,
  EmbeddingStore,
  HashedNgramEmbedder,
  ModelEmbedder,
  type Embedder,
  type EmbeddingServer,
} from '@slipstream/documents';
import type { Stores } from '@slipstream/runtime';
import { embedderOptions } from './document-worker.options.js';

/** The configured embedder. `models` is needed if an embedding model is configured. */
export function createEmbedder(config: Config, { database }: Stores<'database'>, models?: EmbeddingServer): Embedder {
  const options = embedderOptions(config);
  if (!options || !models) return new HashedNgramEmbedder();
  return new CachedEmbedder(new ModelEmbedder(models, options), database.get(EmbeddingStore));
}
