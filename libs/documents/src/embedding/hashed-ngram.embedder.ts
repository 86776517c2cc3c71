import type { EmbedderIdentity } from '@slipstream/vectors';
import type { Embedder } from './embedder.port.js';
import { toUnitLength } from './unit-vector.js';

const DIMENSIONS = 384;
const GRAM_LENGTH = 3;
/** A whole word says more than a part of one. */
const WORD_WEIGHT = 2;
const WORD = /[\p{L}\p{N}]+/gu;

/**
 * The embedder of a start without an embedding server: words and their three-letter parts, hashed into a vector. It
 * finds other spellings and other endings of the same words. It ignores meanings, so it finds no synonyms.
 */
export class HashedNgramEmbedder implements Embedder {
  async identity(): Promise<EmbedderIdentity> {
    return { name: 'builtin-hashed-ngrams-v1', dimensions: DIMENSIONS };
  }

  async embed(texts: readonly string[]): Promise<Float32Array[]> {
    return texts.map(hashedVector);
  }
}

function hashedVector(text: string): Float32Array {
  const counts = new Map<string, number>();
  const count = (feature: string, weight: number): void =>
    void counts.set(feature, (counts.get(feature) ?? 0) + weight);
  for (const [word] of text.normalize('NFKC').toLowerCase().matchAll(WORD)) {
    count(word, WORD_WEIGHT);
    const framed = `<${word}>`;
    for (let at = 0; at + GRAM_LENGTH <= framed.length; at += 1) count(framed.slice(at, at + GRAM_LENGTH), 1);
  }
  const vector = new Float32Array(DIMENSIONS);
  for (const [feature, weight] of counts) {
    const hash = fnv1a(feature);
    // The sign keeps features that share a place from adding up (Weinberger et al., 2009).
    vector[hash % DIMENSIONS]! += (hash & 0x80000000 ? -1 : 1) * Math.sqrt(weight);
  }
  return toUnitLength(vector);
}

/** FNV-1a of 32 bits over UTF-16 code units, mixed so that all bits depend on all units. */
function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  hash ^= hash >>> 15;
  hash = Math.imul(hash, 0x2c1b3c6d);
  return (hash ^ (hash >>> 12)) >>> 0;
}
