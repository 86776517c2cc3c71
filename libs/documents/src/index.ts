export type { Embedder } from './embedding/embedder.port.js';
export { HashedNgramEmbedder } from './embedding/hashed-ngram.embedder.js';
