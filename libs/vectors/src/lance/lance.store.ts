import { connect, Session, type Connection, type Table } from '@lancedb/lancedb';
import type { EmbedderIdentity, VectorSpace, VectorStore } from '../vector-store.port.js';
import { LanceSpace } from './lance.space.js';
import { rowSchema } from './row-schema.js';
import { createIndexes } from './space-indexes.js';
import { dimensionsOf, isSpaceName, newName, prefixOf } from './space-name.js';
import { orUnavailable } from './unavailable.js';

/** LanceDB's own defaults are 6 GB and 1 GB, which no limit of a container's memory counts on. */
const INDEX_CACHE_BYTES = 256n * 1024n * 1024n;
const METADATA_CACHE_BYTES = 32n * 1024n * 1024n;

/** Spaces as tables of a LanceDB. Connects at the first use; a folder is made if there is none. */
export class LanceStore implements VectorStore {
  private connecting?: Promise<Connection>;
  private readonly finding = new Map<string, Promise<VectorSpace>>();
  private readonly spaces = new Map<string, Promise<LanceSpace>>();

  /** @param uri a folder, or `s3://bucket/path` */
  constructor(private readonly uri: string) {}

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
      this.connecting ??= connect(this.uri, undefined, new Session(INDEX_CACHE_BYTES, METADATA_CACHE_BYTES));
      this.connecting.catch(() => (this.connecting = undefined));
      return use(await this.connecting);
    });
  }
}
