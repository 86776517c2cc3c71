export { LanceStore } from './lance/lance.store.js';
export { reciprocalRankFusion } from './reciprocal-rank-fusion.js';
export type {
  Chunk,
  EmbeddedChunk,
  EmbedderIdentity,
  SpaceStatistics,
  VectorMatches,
  VectorQuery,
  VectorSpace,
  VectorStore,
} from './vector-store.port.js';
