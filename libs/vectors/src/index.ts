export { hybridRanking } from './hybrid-ranking.js';
export type { Chunk, EmbedderIdentity, SpaceStatistics, VectorSpace, VectorStore } from './vector-store.port.js';
