/** The embedder whose vectors a space holds. */
export interface EmbedderIdentity {
  name: string;
  /** Numbers in each vector. Minimum 1. */
  dimensions: number;
}

/** A passage of a document, to be found. */
export interface Chunk {
  userId: string;
  documentId: string;
  /** The claim that wrote it: rows of a claim that did not end are never shown. */
  fence: number;
  /** Place in the document, from 0. */
  ordinal: number;
  text: string;
  page?: number;
  heading?: string;
  /** Where the text is in the extracted text of the document, in UTF-16 code units. */
  start: number;
  end: number;
}

/** A chunk with its vector, which has as many numbers as the space has dimensions, and length 1 or 0. */
export interface EmbeddedChunk extends Chunk {
  vector: Float32Array;
}

/** A search, and the user for whom it is made. */
export interface VectorQuery {
  /** Only chunks of this user. */
  userId: string;
  /** Only chunks of these documents. Default: all of the user. */
  documentIds?: readonly string[];
  /** Searched by keyword (BM25). */
  text: string;
  /** Searched by cosine distance. Absent: by keyword only. */
  vector?: Float32Array;
  /** Most chunks in each list. Minimum 1. */
  limit: number;
}

/** The two ranked lists of a search, best first. */
export interface VectorMatches {
  byText: Chunk[];
  byVector: Chunk[];
}

/** Sizes of one space. */
export interface SpaceStatistics {
  rows: number;
  /** Data files; each write adds one until the next maintenance. */
  fragments: number;
  /** Rows that the keyword index does not cover yet; they are scanned. */
  unindexedRows: number;
  bytes: number;
}

/** The vectors of one embedder. Every method throws DependencyUnavailableError if the store is unavailable. */
export interface VectorSpace {
  /** Unique for ever: a space that was lost and made anew has another name. */
  readonly name: string;
  readonly embedder: EmbedderIdentity;
  /** Adds rows; adding the same rows twice stores them twice. */
  add(rows: readonly EmbeddedChunk[]): Promise<void>;
  /** Removes the rows of a document, or only those of claims before `beforeFence`. No error when there are none. */
  deleteDocument(documentId: string, beforeFence?: number): Promise<void>;
  search(query: VectorQuery): Promise<VectorMatches>;
  statistics(): Promise<SpaceStatistics>;
  /** Joins fragments, brings the indexes up to date and drops old versions. Rewrites files: call it seldom. */
  maintain(): Promise<void>;
}

/** All spaces. Its methods throw DependencyUnavailableError if the store can't be read or written. */
export interface VectorStore {
  /** The space of an embedder, made if there is none. */
  space(embedder: EmbedderIdentity): Promise<VectorSpace>;
  /** Those of the named spaces that exist. */
  existing(names: readonly string[]): Promise<VectorSpace[]>;
  /** Names of all spaces. */
  names(): Promise<string[]>;
  /** Removes a space with all rows. No error when there is none. */
  drop(name: string): Promise<void>;
  close(): Promise<void>;
}
