import type { RawHeaders } from '@slipstream/http';
import type { MessageBus } from '@slipstream/redis';
import { isSafe } from '../policy/cache-request.js';
import { credentialsIn, type Credentials } from '../policy/credentials.js';
import type { CacheRule } from '../policy/cache-rule.js';
import { TagCooldowns } from './tag-cooldowns.js';
import { Identities, type Identity, type IdentityOptions } from './identity.js';
import { PathTable } from './path-table.js';
import type { ReadRule, WriteRule } from './rule.js';
import { kindOf, tagsOfAnswer, tagsOfCooldown, tagsOfWrite } from './tags.js';
import { hasParameter, plainSegments, readSegments } from './target-path.js';

/** Rules, and the properties that distinguish users. */
export interface RuleSet extends IdentityOptions {
  reads: readonly ReadRule[];
  writes: readonly WriteRule[];
}

/** Options of {@link CacheRules}. */
export interface CacheRulesOptions extends RuleSet {
  /** Drops the answers with one of these tags in all processes. It has priority over running fetches. */
  purge: (tags: readonly string[]) => void;
  /** Publishes cooldowns to other processes. */
  bus: MessageBus;
  /** Registers a listener that is called if messages of the bus may have been missed. */
  onMissed?: (listener: () => void) => () => void;
  /** In ms; never jumps. Default `steadyNow`. */
  clock?: () => number;
}

/** The properties of a request that rules use. */
export interface RuledRequest {
  readonly method: string;
  /** Path and query. */
  readonly target: string;
  readonly headers: RawHeaders;
  /** Whether the peer's statements about the sender are trusted. Default false. */
  readonly isTrusted?: boolean;
}

/** Result of the rules for a request that reads. */
export interface ReadRuling {
  readonly rule?: CacheRule;
  readonly partition?: string;
  /** Credentials of the request. Absent: they have no effect. */
  readonly credentials?: Credentials;
}

/** A running request that changes something. Exactly one of its methods is to be called. */
export interface WriteUnderWay {
  answered(statusCode: number, answer: RawHeaders): void;
  /** Its success is unknown. */
  lost(): void;
}

const DEFAULT_TTL_MS = { immutable: 31_536_000_000, public: 60_000, private: 5_000 } as const;
const DEFAULT_COOLDOWN_MS = 120_000;
const USER = 'user:{user}';
const NEVER: ReadRuling = { rule: { scope: 'never' } };
const NO_RULE: ReadRuling = {};
const NO_PLACES = {};

/** A rule with precomputed values. */
interface ReadEntry {
  readonly read: ReadRule;
  readonly rule: CacheRule;
  /** Templates. */
  readonly tags: readonly string[];
}

/** Operators' rules: the answers to be stored and their clients, and the answers that a write invalidates. */
export class CacheRules {
  private reads = new PathTable<ReadEntry>();
  private writes = new PathTable<WriteRule[]>();
  /** Methods that are safe in HTTP but that rules list as writes. */
  private safeWriters: ReadonlySet<string> = new Set();
  /** Kinds of the tags of answers for all clients. */
  private sharedKinds: ReadonlySet<string> = new Set();
  private identities: Identities;
  private readonly cooldowns: TagCooldowns;
  private readonly stopListening: (() => void) | undefined;

  /** @throws TypeError for an invalid path pattern */
  constructor(private readonly options: CacheRulesOptions) {
    this.cooldowns = new TagCooldowns(options.bus, options.clock);
    this.stopListening = options.onMissed?.(() => this.cooldowns.onMissed());
    this.identities = new Identities(options);
    this.use(options);
  }

  /** Replaces the rules. @throws TypeError for an invalid path pattern; nothing is changed then */
  use(options: RuleSet): void {
    const reads = new PathTable<ReadEntry>();
    const writes = new PathTable<WriteRule[]>();
    for (const read of options.reads) reads.add(read.path, entryOf(read));
    for (const [path, rules] of Map.groupBy(options.writes, ({ path }) => path)) writes.add(path, rules);
    this.reads = reads;
    this.writes = writes;
    this.identities = new Identities(options);
    const shared = options.reads.filter(({ class: each }) => each === 'public' || each === 'immutable');
    this.sharedKinds = new Set(shared.flatMap(({ tags = [] }) => tags.map(kindOf)));
    this.safeWriters = new Set(options.writes.flatMap(({ methods = [] }) => methods.filter(isSafe)));
    for (const { cooldownTags = [], cooldownMs = DEFAULT_COOLDOWN_MS } of options.writes)
      this.cooldowns.allow(cooldownTags.map(kindOf), cooldownMs);
  }

  /** Returns the rules for a GET or HEAD. A path that is not plain has no rule, so only HTTP's own rules apply. */
  read({ target, headers, isTrusted }: RuledRequest): ReadRuling {
    const credentials = this.credentialsIn(headers, isTrusted);
    if (credentials.isRerouted) return NEVER;
    const segments = plainSegments(target);
    const found = segments && this.reads.find(segments);
    if (!found) return { credentials };
    const { read, rule, tags } = found.entry;
    if (rule.scope === 'never' || (read.unlessParameter !== undefined && hasParameter(target, read.unlessParameter)))
      return NEVER;
    if (rule.scope === 'public')
      return { rule: tags.length === 0 ? rule : { ...rule, tags: tagsOfAnswer(tags, found.places, []) }, credentials };
    const { partition, users } = this.identities.of(credentials);
    if (partition === undefined) return NEVER;
    const full = tagsOfAnswer(tags, found.places, users);
    return this.cooldowns.isCooling(full) ? NEVER : { rule: { ...rule, tags: full }, partition, credentials };
  }

  /** Whether an answer that all clients share may have this tag. */
  sharesTag(tag: string): boolean {
    return this.sharedKinds.has(kindOf(tag));
  }

  /** The rule of a path, if all clients share its answers. */
  sharedRule(target: string): CacheRule | undefined {
    const segments = plainSegments(target);
    const rule = segments && this.reads.find(segments)?.entry.rule;
    return rule?.scope === 'public' ? rule : undefined;
  }

  /**
   * Returns the rules for any other method. For a path that is never stored, it invalidates nothing (RFC 9111 section
   * 4.4).
   */
  other(target: string): ReadRuling {
    const segments = plainSegments(target);
    return segments && this.reads.find(segments)?.entry.rule.scope === 'never' ? NEVER : NO_RULE;
  }

  /** To be called before a request is forwarded. @returns undefined if it changes no stored answer */
  write({ method, target, headers, isTrusted }: RuledRequest): WriteUnderWay | undefined {
    if (isSafe(method) && !this.safeWriters.has(method)) return undefined;
    const found = this.writes.find(readSegments(target));
    const write = found?.entry.find(({ methods }) => (methods ? methods.includes(method) : !isSafe(method)));
    if (!write && isSafe(method)) return undefined;
    const identity = this.identities.of(this.credentialsIn(headers, isTrusted));
    if (!write) return identity.partition === undefined ? undefined : this.underWay([USER], NO_PLACES, identity);
    const places = found?.places ?? NO_PLACES;
    for (const tag of tagsOfCooldown(write.cooldownTags ?? [], places, identity.users))
      this.cooldowns.start(tag, write.cooldownMs ?? DEFAULT_COOLDOWN_MS);
    return write.drops.length === 0 ? undefined : this.underWay(write.drops, places, identity);
  }

  private credentialsIn(headers: RawHeaders, isTrusted = false): Credentials {
    return credentialsIn(headers, { isTrusted, isIgnored: this.identities.isIgnored });
  }

  close(): void {
    this.cooldowns.close();
    this.stopListening?.();
  }

  /** A refused or misdirected request (RFC 9110 section 15.4.8) has changed nothing. A failed one may have. */
  private underWay(
    templates: readonly string[],
    places: Readonly<Record<string, string>>,
    { users }: Identity,
  ): WriteUnderWay {
    const drop = (isCertain: boolean, others: readonly string[] = []): void =>
      this.options.purge(tagsOfWrite(templates, places, [...new Set([...users, ...others])], isCertain));
    return {
      answered: (statusCode, answer) => {
        const isDone = statusCode >= 200 && statusCode < 300;
        if (isDone || statusCode === 302 || statusCode === 303 || statusCode >= 500)
          drop(isDone, this.identities.givenBy(answer));
      },
      lost: () => drop(false),
    };
  }
}

function entryOf(read: ReadRule): ReadEntry {
  const { staleWhileRevalidateMs = 0, staleIfErrorMs = 0, tags = [] } = read;
  if (read.class === 'never') return { read, rule: { scope: 'never' }, tags };
  const ttlMs = read.ttlMs ?? DEFAULT_TTL_MS[read.class];
  const scope = read.class === 'private' ? 'private' : 'public';
  return {
    read,
    rule: {
      scope,
      ttlMs,
      hasDefaultTtl: read.ttlMs === undefined,
      staleWhileRevalidateMs,
      staleIfErrorMs,
      checksType: read.class === 'immutable',
      path: read.path,
    },
    tags: scope === 'private' ? [USER, ...tags] : tags,
  };
}
