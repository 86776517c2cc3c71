import { CDNManager } from '@slipstream/cdn';
import type { Config } from '@slipstream/config';
import { CacheRules, missedMessages, RedisResponseStore, ResponseCache, type PurgeScope } from '@slipstream/http-cache';
import type { Caching } from '@slipstream/proxy';
import type { Settings, Stores } from '@slipstream/runtime';
import type { Telemetry } from '@slipstream/telemetry';
import { cdnOptions } from '../cdn/cdn.options.js';
import type { Edge } from '../cdn/edge.js';
import { PAGES_TAG } from '../cdn/pages-tag.js';
import type { MeasuredAssets } from '../assets/asset-figures.js';
import { showAssets } from '../assets/asset-metrics.js';
import { createAssets, type Assets } from './assets.js';
import {
  answerForms,
  cacheRulesOptions,
  isCachingEnabled,
  learnsPreloads,
  responseCacheOptions,
  responseKeyPrefix,
} from './response-cache.options.js';
import { LearnedPagePreloads } from './page-preloads.js';
import { RecentAnswers } from './recent-answers.js';
import { ResponseCacheCounts } from './response-cache-counts.js';
import { showResponseCache } from './response-cache-metrics.js';

/** The response cache of the web pool, with its counts. */
export interface ResponseCaching extends Caching {
  counts: ResponseCacheCounts;
  recent: RecentAnswers;
  /** Absent: assets stay as the backends send them. */
  assets?: MeasuredAssets;
}

/** @returns undefined if the cache is off */
export function createResponseCaching(
  config: Config,
  { bus, purges, settings, edge }: RulePorts,
  { registry, logger }: Pick<Telemetry, 'registry' | 'logger'>,
): ResponseCaching | undefined {
  if (!isCachingEnabled(config)) return undefined;
  const counts = new ResponseCacheCounts();
  counts.onMistyped = oncePer(MISTYPED_LOG_MS, () => logger.warn({ total: counts.typeMismatches }, MISTYPED));
  const assets = createMeasuredAssets(config, { registry, logger });
  const cache = new ResponseCache({
    ...responseCacheOptions(config),
    shared: sharedStore(config, purges, { observer: counts, logger }),
    bus,
    onMissed: purges && missedMessages(purges),
    onInvalidated: (url) => edge?.purges?.invalidate(url, rules),
    improver: assets?.improver,
    forms: answerForms(config),
    deltas: assets?.deltas,
    observer: counts,
  });
  showResponseCache(cache, counts, registry);
  const rules = createRules(cache, { bus, purges, settings, edge });
  edge?.use({ rules, dropPages: () => void cache.purge({ type: 'tags', tags: [PAGES_TAG] }) });
  const recent = new RecentAnswers();
  return {
    ...{ cache, rules, counts, recent, assets: assets?.measured },
    onAnswered: (outcome, rule) => recent.answered(outcome, rule),
    cdn: new CDNManager(cdnOptions(config)),
    pages: edge?.pages,
    offers: assets?.offers,
    preloads: learnsPreloads(config) ? new LearnedPagePreloads() : undefined,
    close: () => {
      recent.close();
      assets?.close();
    },
  };
}

function createMeasuredAssets(
  config: Config,
  { registry, logger }: Pick<Telemetry, 'registry' | 'logger'>,
): Assets | undefined {
  const assets = createAssets(config, logger);
  showAssets(assets?.measured, registry);
  return assets;
}

const sharedStore = (
  config: Config,
  purges: RulePorts['purges'],
  ports: Pick<ConstructorParameters<typeof RedisResponseStore>[1], 'observer' | 'logger'>,
): RedisResponseStore | undefined =>
  purges && new RedisResponseStore(purges.redis, { prefix: responseKeyPrefix(config), purges, ...ports });

interface RulePorts extends Pick<Stores, 'bus' | 'purges'> {
  settings: Settings;
  /** Absent: no network is in front. */
  edge?: Edge;
}

function createRules(cache: ResponseCache, { bus, purges, settings, edge }: RulePorts): CacheRules {
  const purge = (scope: PurgeScope): void => {
    void cache.purge(scope);
    edge?.purges?.purge(scope, rules);
  };
  const rules: CacheRules = new CacheRules({
    ...settings.follow(cacheRulesOptions, (ruleSet) => {
      rules.use(ruleSet);
      purge({ type: 'everything' }); // the former rules decided about all stored answers
    }),
    purge: (tags) => purge({ type: 'tags', tags }),
    bus,
    onMissed: purges && missedMessages(purges, 'gap'),
  });
  return rules;
}

/** A client can request any number of such paths. */
const MISTYPED_LOG_MS = 60_000;
const MISTYPED =
  'a backend answered a path of an immutable rule with a content type that contradicts the extension; the ' +
  'answer was not stored. If this continues after a rollout, check that all backends serve the same version';

/** @returns a function that calls `act` at once, and then at most once per `ms` */
function oncePer(ms: number, act: () => void): () => void {
  let actedAt = -Infinity;
  return () => {
    const now = performance.now();
    if (now - actedAt < ms) return;
    actedAt = now;
    act();
  };
}
