export { reciprocalRankFusion } from './reciprocal-rank-fusion.js';
export type { Chunk, EmbedderIdentity, SpaceStatistics, VectorSpace, VectorStore } from './vector-store.port.js';
