import { createHash } from 'node:crypto';
import type { EmbedderIdentity } from '@slipstream/vectors';
import type { Embedder, EmbeddingPurpose } from './embedder.port.js';

/** Vectors by the hash of embedder and text. */
export interface EmbeddingCache {
  /** Those of the keys that are stored. */
  find(keys: readonly string[]): Promise<ReadonlyMap<string, Float32Array>>;
  put(vectors: ReadonlyMap<string, Float32Array>): Promise<void>;
}

/**
 * Embeds each passage once: an attempt after a killed one, or the same text in another document, costs no call. Queries
 * are not kept. Without the cache, such as during an outage of it, all texts are embedded.
 */
export class CachedEmbedder implements Embedder {
  constructor(
    private readonly embedder: Embedder,
    private readonly cache: EmbeddingCache,
  ) {}

  identity(signal?: AbortSignal): Promise<EmbedderIdentity> {
    return this.embedder.identity(signal);
  }

  async embed(texts: readonly string[], purpose: EmbeddingPurpose, signal?: AbortSignal): Promise<Float32Array[]> {
    if (purpose === 'query') return this.embedder.embed(texts, purpose, signal);
    const identity = await this.embedder.identity(signal);
    const keys = texts.map((text) => keyOf(identity, text));
    const known = new Map(await this.cache.find(keys).catch(() => []));
    const missing = new Map(keys.flatMap((key, index) => (known.has(key) ? [] : [[key, texts[index]!] as const])));
    const vectors = await this.embedder.embed([...missing.values()], purpose, signal);
    const made = new Map([...missing.keys()].map((key, index) => [key, vectors[index]!]));
    if (made.size > 0) await this.cache.put(made).catch(() => undefined);
    return keys.map((key) => (known.get(key) ?? made.get(key))!);
  }
}

const keyOf = ({ name, dimensions }: EmbedderIdentity, text: string): string =>
  createHash('sha256').update(`${name}\0${dimensions}\0${text}`).digest('base64url');
