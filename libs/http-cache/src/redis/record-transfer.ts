import { DependencyUnavailableError } from '@slipstream/contracts';
import { toRedisError, TurnBatch, type PurgeEpoch, type RedisConnections } from '@slipstream/redis';
import { PUT_MANY } from './put-many.script.js';

/** Limit of one command, because a larger one would delay other clients of the server. */
const MAX_ITEMS = 64;
/** Larger records are sent separately. */
const MAX_BATCHED_BYTES = 32 * 1024;

interface Read {
  readonly epoch: PurgeEpoch;
  readonly name: string;
}

export interface Written {
  readonly name: string;
  readonly bytes: Buffer;
  readonly ttlMs: number;
}

/** Result of a read. */
export interface Transferred {
  /** null: the name is absent, or not a string. */
  readonly bytes: Buffer | null;
  /** Whether the epoch continues, and all its purges up to the read are known. */
  readonly isUsable: boolean;
}

/**
 * Reads and writes records in Redis. All calls of one turn of the event loop become one command. Every method rejects
 * with DependencyUnavailableError if Redis does not answer.
 */
export class RecordTransfer {
  private readonly reads = new TurnBatch<Read, Transferred>(MAX_ITEMS, (reads) => this.readAll(reads));
  private readonly writes = new TurnBatch<Written, void>(MAX_ITEMS, (records) => this.writeAll(records));

  /** @param follow reads the purges of an epoch that are not known yet. @see SharedPurges.follow */
  constructor(
    private readonly redis: RedisConnections,
    private readonly follow: (epoch: PurgeEpoch) => Promise<boolean>,
  ) {}

  read(epoch: PurgeEpoch, name: string): Promise<Transferred> {
    return this.reads.add({ epoch, name });
  }

  async write(record: Written): Promise<void> {
    if (record.bytes.length <= MAX_BATCHED_BYTES) return this.writes.add(record);
    this.writes.send(); // an older one of the same name
    await this.redis.run('http-cache.put', (commands) => setOne(commands, record));
  }

  async delete(name: string): Promise<void> {
    this.writes.send(); // or the record would be written after this
    await this.redis.run('http-cache.delete', (commands) => commands.unlink(name));
  }

  /** The purges are read after the records, so that no earlier purge is missed. */
  private async readAll(reads: readonly Read[]): Promise<Transferred[]> {
    const names = reads.map(({ name }) => name);
    const all = this.redis.run('http-cache.get', (commands) => bytesAt(commands, names));
    const epochs = [...new Set(reads.map(({ epoch }) => epoch))];
    const [found, ...usable] = await Promise.all([all, ...epochs.map((epoch) => this.follow(epoch))]);
    return reads.map(({ epoch }, i) => ({
      bytes: found[i] ?? null,
      isUsable: usable[epochs.indexOf(epoch)] === true,
    }));
  }

  private async writeAll(records: readonly Written[]): Promise<void[]> {
    await this.redis.run('http-cache.put', (commands) => setAll(commands, records));
    return [];
  }
}

type Commands = RedisConnections['commands'];

/** In a cluster, the names belong to several servers, so each is read separately. */
const bytesAt = (commands: Commands, names: string[]): Promise<(Buffer | null)[]> =>
  commands.isCluster || names.length === 1
    ? Promise.all(names.map((name) => bytesAtOne(commands, name)))
    : commands.mgetBuffer(names);

/**
 * @returns an empty buffer for a type other than a string, which MGET reports as absent: a record is written over it
 */
async function bytesAtOne(commands: Commands, name: string): Promise<Buffer | null> {
  try {
    return await commands.getBuffer(name);
  } catch (error) {
    if (toRedisError(error) instanceof DependencyUnavailableError) throw error;
    return Buffer.alloc(0);
  }
}

const setOne = (commands: Commands, { name, bytes, ttlMs }: Written): Promise<unknown> =>
  commands.set(name, bytes, 'PX', ttlMs);

async function setAll(commands: Commands, records: readonly Written[]): Promise<unknown> {
  if (commands.isCluster || records.length === 1) return Promise.all(records.map((record) => setOne(commands, record)));
  const names = records.map(({ name }) => name);
  return PUT_MANY.run(
    commands,
    names,
    records.flatMap(({ bytes, ttlMs }) => [bytes, ttlMs]),
  );
}
