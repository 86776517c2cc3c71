import { connect, Session, type Connection, type Table } from '@lancedb/lancedb';
import type { EmbedderIdentity, VectorSpace, VectorStore } from '../vector-store.port.js';
import { LanceSpace } from './lance.space.js';
import { rowSchema } from './row-schema.js';
import { createIndexes } from './space-indexes.js';
import { dimensionsOf, isSpaceName, newName, prefixOf } from './space-name.js';
import { orUnavailable } from './unavailable.js';

export interface LanceStoreOptions {
  /** A folder, or `s3://bucket/path`. */
  uri: string;
  /** Bound of the cache of indexes. Default: 256 MiB; LanceDB's own is 6 GiB. */
  indexCacheBytes?: number;
  /** Bound of the cache of metadata. Default: 32 MiB; LanceDB's own is 1 GiB. */
  metadataCacheBytes?: number;
}

const MIB = 1024 * 1024;

/** Spaces as tables of a LanceDB. Connects at the first use; a folder is made if there is none. */
export class LanceStore implements VectorStore {
  private connecting?: Promise<Connection>;
  private readonly finding = new Map<string, Promise<VectorSpace>>();
  private readonly spaces = new Map<string, Promise<LanceSpace>>();

  constructor(private readonly options: LanceStoreOptions) {}

  /** Callers at the same time share one search for the space, so that only one is made. */
  space(embedder: EmbedderIdentity): Promise<VectorSpace> {
    const prefix = prefixOf(embedder);
    const finding = this.finding.get(prefix) ?? this.findOrCreate(embedder).finally(() => this.finding.delete(prefix));
    this.finding.set(prefix, finding);
    return finding;
  }

  async existing(names: readonly string[]): Promise<VectorSpace[]> {
    const all = new Set(await this.names());
    const there = names.filter((name) => all.has(name));
    return Promise.all(there.map((name) => this.open(name, { name, dimensions: dimensionsOf(name) })));
  }

  async names(): Promise<string[]> {
    const names = await this.withConnection((connection) => connection.tableNames());
    const there = names.filter(isSpaceName);
    // A space whose table was deleted from outside is not to be written to any more.
    for (const name of this.spaces.keys()) if (!there.includes(name)) this.spaces.delete(name);
    return there;
  }

  async drop(name: string): Promise<void> {
    this.spaces.delete(name);
    if ((await this.names()).includes(name)) await this.withConnection((connection) => connection.dropTable(name));
  }

  async close(): Promise<void> {
    const connection = await this.connecting?.catch(() => undefined);
    this.connecting = undefined;
    this.spaces.clear();
    connection?.close();
  }

  private async findOrCreate(embedder: EmbedderIdentity): Promise<VectorSpace> {
    const names = (await this.names()).filter((name) => name.startsWith(prefixOf(embedder)));
    const known = names.toSorted()[0];
    return known === undefined ? this.create(embedder) : this.open(known, embedder);
  }

  private open(name: string, embedder: EmbedderIdentity): Promise<LanceSpace> {
    return this.once(name, embedder, () => this.withConnection((connection) => connection.openTable(name)));
  }

  private create(embedder: EmbedderIdentity): Promise<LanceSpace> {
    const name = newName(embedder);
    return this.once(name, embedder, () =>
      this.withConnection(async (connection) => {
        const table = await connection.createEmptyTable(name, rowSchema(embedder.dimensions));
        await createIndexes(table);
        return table;
      }),
    );
  }

  /** Opens a table once; a failure is forgotten, so that the next call tries again. */
  private once(name: string, embedder: EmbedderIdentity, open: () => Promise<Table>): Promise<LanceSpace> {
    const known = this.spaces.get(name);
    if (known) return known;
    const opening = open().then((table) => new LanceSpace(table, embedder));
    this.spaces.set(name, opening);
    opening.catch(() => this.spaces.delete(name));
    return opening;
  }

  private withConnection<T>(use: (connection: Connection) => Promise<T>): Promise<T> {
    return orUnavailable(async () => {
      this.connecting ??= this.connect();
      this.connecting.catch(() => (this.connecting = undefined));
      return use(await this.connecting);
    });
  }

  private connect(): Promise<Connection> {
    const { uri, indexCacheBytes = 256 * MIB, metadataCacheBytes = 32 * MIB } = this.options;
    return connect(uri, undefined, new Session(BigInt(indexCacheBytes), BigInt(metadataCacheBytes)));
  }
}
