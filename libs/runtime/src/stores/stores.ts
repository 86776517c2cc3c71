import type { Config } from '@slipstream/config';
import type { StoreModules } from '@slipstream/mongo';
import { RedisConnections, redisBus, silentBus } from '@slipstream/redis';
import type { Telemetry } from '@slipstream/telemetry';
import { observerOf, type Checked, type Opened, type StoreContext } from './opened.js';
import { OPENERS, type StoreKind, type StoreKinds } from './store-kinds.js';
import { busPrefix, redisUrlOf } from './stores.options.js';

/** The kinds of stores that a service lists; no others are opened. */
export interface StoreNeeds<K extends StoreKind = StoreKind> {
  kinds: readonly K[];
  /** Nest modules of the stores on the database. Default none. */
  modules?: (config: Config) => StoreModules;
}

type Intersection<U> = (U extends unknown ? (each: U) => void : never) extends (all: infer I) => void ? I : never;

/** The stores of one process. Each connects and reconnects by itself, without blocking the start. */
export type Stores<K extends StoreKind = StoreKind> = Intersection<StoreKinds[K]> & {
  /** The stores that health checks test: all that are other processes. */
  dependencies: Checked[];
  close(): Promise<void>;
};

/** Opens the listed kinds. `memory:` keeps queue, events and cache in this process. */
export async function openStores<K extends StoreKind>(
  config: Config,
  telemetry: Telemetry,
  { kinds, modules }: StoreNeeds<K>,
): Promise<Stores<K>> {
  const redis = openRedis(config, telemetry, kinds);
  const context: StoreContext = {
    config,
    telemetry,
    redis,
    bus: redis ? redisBus(redis, busPrefix(config)) : silentBus,
    modules: modules?.(config) ?? [],
  };
  const opened: Opened<object>[] = [];
  for (const kind of kinds) opened.push(await OPENERS[kind](context));
  const checks: Checked[] = opened.flatMap(({ checked }) => checked ?? []);
  if (redis) checks.push({ name: 'redis', check: () => redis.check() });
  const close = async (): Promise<void> => {
    await Promise.allSettled(opened.map((each) => each.close()));
    await redis?.close();
  };
  return Object.assign({}, ...opened.map(({ stores }) => stores), { dependencies: checks, close }) as Stores<K>;
}

/** The database is the only kind that does not use Redis. */
function openRedis(config: Config, telemetry: Telemetry, kinds: readonly StoreKind[]): RedisConnections | undefined {
  const url = redisUrlOf(config);
  if (url === undefined || kinds.every((kind) => kind === 'database')) return undefined;
  return new RedisConnections({ url, logger: telemetry.logger, observe: observerOf(telemetry, 'redis') });
}
