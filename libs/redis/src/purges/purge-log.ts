import { randomUUID } from 'node:crypto';
import type { RedisConnections } from '../redis-connections.js';
import { parseEntries, PurgeEpoch, type PurgeEntry } from './purge-epoch.js';
import { APPEND_PURGE, OPEN_LOG } from './purge-log.scripts.js';
import type { PurgeTopic } from './purge-topic.js';

/** Longer than the lifetime of any value, so that no log expires before the values that refer to it. */
const KEEP_MS = 32 * 24 * 3_600_000;
const MAX_PURGES = 20_000;
const PAGE = 1_000;
/** Limit of own purges that may still arrive; a dropped one is only applied twice. */
const MAX_OWN = 10_000;

/** The purge log in Redis, followed by its messages and by reads. */
export class PurgeLog {
  readonly hash: string;
  /** The epoch whose messages are followed. */
  current: PurgeEpoch | undefined;
  private readonly stream: string;
  private readonly channel: string;
  private readonly leave: () => void;
  /** Nonces of this process's own purges, which it has already applied to its memory. */
  private readonly own = new Set<string>();

  /** @param onAnotherLog the log differs from the followed one: it went back, or another epoch has begun */
  constructor(
    private readonly redis: RedisConnections,
    prefix: string,
    private readonly topics: readonly PurgeTopic<unknown>[],
    private readonly onAnotherLog: (epoch: PurgeEpoch) => void,
  ) {
    this.hash = `${prefix}{purges}`; // one slot of a cluster
    this.stream = `${prefix}{purges}:log`;
    this.channel = `${prefix}purges`;
    this.leave = redis.subscriber.subscribe(this.channel, (text) => this.onMessage(text));
  }

  /** @returns `known` if it continues, else an epoch without known purges */
  async open(known: PurgeEpoch | undefined): Promise<PurgeEpoch> {
    const args = [
      randomUUID(),
      nonce(),
      KEEP_MS,
      known?.ordinal ?? 0,
      known?.name ?? '',
      known?.number ?? 0,
      known?.nonce ?? '',
    ];
    const [ordinal, name] = (await this.redis.run('purges.open', (commands) =>
      OPEN_LOG.run(commands, [this.hash, this.stream], args),
    )) as [number, string];
    return known?.name === name ? known : new PurgeEpoch(ordinal, name);
  }

  /** @returns its number; undefined if the epoch in Redis differs */
  async append(epoch: PurgeEpoch, text: string): Promise<number | undefined> {
    const own = nonce();
    this.own.add(own);
    if (this.own.size > MAX_OWN) this.own.delete(this.own.values().next().value!);
    const args = [epoch.name, own, text, MAX_PURGES, KEEP_MS, this.channel];
    const [number, previous] = (await this.redis.run('purges.append', (commands) =>
      APPEND_PURGE.run(commands, [this.hash, this.stream], args),
    )) as [number?, string?];
    if (number === undefined || previous === undefined) return undefined;
    if (epoch.isNext(number, previous)) this.apply(epoch, { number, nonce: own, text });
    return number;
  }

  /** Reads all purges after the last known one. @returns false if that one is missing in the log */
  async follow(epoch: PurgeEpoch): Promise<boolean> {
    for (;;) {
      const from = { number: epoch.number, nonce: epoch.nonce };
      const start = from.number === 0 ? '-' : `${from.number}-0`;
      const found = await this.redis.run('purges.follow', (commands) =>
        commands.xrange(this.stream, start, '+', 'COUNT', PAGE),
      );
      if (!this.applyAll(epoch, from, parseEntries(found))) {
        this.onAnotherLog(epoch);
        return false;
      }
      if (found.length < PAGE) return true;
    }
  }

  close(): void {
    this.leave();
  }

  /** @returns false if these entries do not continue the known ones */
  private applyAll(
    epoch: PurgeEpoch,
    from: { number: number; nonce: string },
    entries: readonly PurgeEntry[],
  ): boolean {
    const [first] = entries;
    if (!first) return false;
    if (from.number === 0) {
      if (epoch.number === 0) this.begin(epoch, first);
    } else if (first.number !== from.number || first.nonce !== from.nonce) return false;
    for (const entry of entries) {
      if (entry.number > epoch.number) this.apply(epoch, entry);
      // the received entries are outdated
      else if (entry.number === epoch.number && entry.nonce !== epoch.nonce) return false;
    }
    return true;
  }

  /** Entries that the log has dropped may have purged everything. */
  private begin(epoch: PurgeEpoch, first: PurgeEntry): void {
    if (first.number > 1) for (const topic of this.topics) topic.noteGap(first.number - 1);
    this.apply(epoch, first);
  }

  private apply(epoch: PurgeEpoch, entry: PurgeEntry): void {
    epoch.advance(entry);
    const { number, nonce: mark, text } = entry;
    if (text === undefined) return;
    const isOwn = this.own.has(mark);
    for (const topic of this.topics) {
      topic.note(text, number);
      if (!isOwn) topic.forget(text);
    }
  }

  private onMessage(message: string): void {
    const [, name, digits, previous, own, text] = /^(\S+) (\d+) (\S+) (\S+) (.*)$/s.exec(message) ?? [];
    if (name === undefined || previous === undefined || own === undefined || text === undefined) return;
    const epoch = this.current;
    const number = Number(digits);
    if (epoch?.name === name && epoch.isNext(number, previous)) return this.apply(epoch, { number, nonce: own, text });
    if (!this.own.has(own)) for (const topic of this.topics) topic.forget(text);
    // the next heartbeat tries again
    if (epoch && (epoch.name !== name || number > epoch.number)) void this.follow(epoch).catch(() => {});
  }
}

const nonce = (): string => randomUUID().replaceAll('-', '').slice(0, 16);
