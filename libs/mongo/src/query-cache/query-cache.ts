import { createHash } from 'node:crypto';
import type { Connection } from 'mongoose';
import type { QueryCachePort } from './query-cache.port.js';

const caches = new WeakMap<Connection, QueryCache>();

/** The query cache of a connection's pool; undefined if no pool has it. */
export const queryCacheOf = (connection: Connection): QueryCache | undefined => caches.get(connection);

/** Dependencies of a cached query. */
export interface Cached {
  collection: string;
  /** Name of the query, one of a fixed set. */
  name: string;
  /** Everything that the result depends on, as JSON. */
  values: unknown;
  /** The documents that it reads, if it names them: writes of others do not drop it. Default: the whole collection. */
  ids?: readonly string[];
  ttlSeconds: number;
}

/**
 * Caches the results of queries that request it. The schema of the collection must be one of `cachedQueries`, so that
 * this application's writes drop them, in every process whose pool has a cache bound.
 */
export class QueryCache {
  private port?: QueryCachePort;

  constructor(connection: Connection) {
    caches.set(connection, this);
  }

  /** Without a port, every query is run. */
  bind(port: QueryCachePort): void {
    this.port = port;
  }

  /** Returns the cached result, or that of `load`. A result of JSON's types stays equal; a Date becomes text. */
  query<T>({ collection, name, values, ids, ttlSeconds }: Cached, load: () => Promise<T>): Promise<T> {
    if (!this.port) return load();
    const key = `${collection}:${name}:${createHash('sha256').update(JSON.stringify(values)).digest('base64url')}`;
    const tags = ids ? [anyOf(collection), ...ids.map((id) => documentOf(collection, id))] : [collectionOf(collection)];
    return this.port.getOrLoad(key, load, { ttlSeconds, tags });
  }

  /**
   * Drops what a write made stale. Resolves when no process returns it any more.
   * @param ids of the documents that were written; absent: unknown ones
   */
  async wrote(collection: string, ids?: readonly string[]): Promise<void> {
    const documents = ids ? ids.map((id) => documentOf(collection, id)) : [anyOf(collection)];
    await this.port?.drop([collectionOf(collection), ...documents]);
  }
}

const collectionOf = (collection: string): string => `db:${collection}`;
/** Of results that name their documents. */
const anyOf = (collection: string): string => `db:${collection}:`;
const documentOf = (collection: string, id: string): string => `db:${collection}:${id}`;
