import { createHash } from 'node:crypto';
import type { AssetOptimizerOptions } from '@slipstream/assets';
import { memoryShares, type Config } from '@slipstream/config';
import type { CacheRulesOptions, FormKind, ReadRule, ResponseCacheOptions, WriteRule } from '@slipstream/http-cache';
import { pagesOptions } from '../cdn/cdn.options.js';
import { PAGES_TAG } from '../cdn/pages-tag.js';
import type { AssetTransformationsOptions } from './asset-transformations.js';

type Settings = Pick<Config, 'web' | 'mongodb' | 'memory' | 'processes'>;
type WebCache = Config['web']['cache'];

export const isCachingEnabled = ({ web }: Settings): boolean => web.cache.enabled;

/** Whether the files of a page are learned, and named in its head. */
export const learnsPreloads = ({ web }: Pick<Config, 'web'>): boolean => web.assets.preloads;

/** Where compressed answers are made and kept; undefined: they are not compressed. */
export const assetOptions = ({
  web: { assets },
}: Pick<Config, 'web'>): Omit<AssetOptimizerOptions, 'logger'> | undefined => {
  const { compression, directory, maxBytes, threads } = assets;
  return compression ? { directory, maxBytes, threads } : undefined;
};

/** Kinds of answers that are stored in several forms. */
export const answerForms = ({ web: { assets } }: Pick<Config, 'web'>): FormKind[] =>
  assets.compression
    ? [...(assets.images ? (['image'] as const) : []), ...(assets.fonts ? (['font'] as const) : [])]
    : [];

/** Which assets get another content. */
export const transformationOptions = ({ web: { assets } }: Pick<Config, 'web'>): AssetTransformationsOptions => ({
  minify: assets.minify,
  images: assets.images,
  imageWidths: assets.imageWidths,
  maxImagePixels: assets.maxImagePixels,
});

/**
 * Folder of the files for which browsers are offered a dictionary: that of the first rule for files that never change.
 * Undefined: none is offered.
 */
export function dictionaryOptions({ web }: Pick<Config, 'web'>): { folder: string; delayMs: number } | undefined {
  const { dictionaries, compression, dictionaryDelayMs } = web.assets;
  if (!dictionaries || !compression) return undefined;
  const rules = Object.entries(web.cache.reads).filter(([, rule]) => rule.class === 'immutable');
  const path = rules.map(([each]) => each).find((each) => each.endsWith(REST) && !each.includes('{'));
  return path === undefined ? undefined : { folder: path.slice(0, -REST.length), delayMs: dictionaryDelayMs };
}

const REST = '/**';

/** Prefix of the Redis keys of stored responses. */
export const responseKeyPrefix = ({ cache }: Pick<Config, 'cache'>): string => `${cache.prefix}http-cache:`;

type CacheSettings =
  'maxBytes' | 'maxBufferedBytes' | 'maxBodyBytes' | 'staleRetentionMs' | 'unreachableGraceMs' | 'coalesceWaitMs';

export function responseCacheOptions(settings: Settings): Pick<ResponseCacheOptions, CacheSettings> {
  const { cache } = settings.web;
  const { responseCacheBytes, bodyBufferBytes } = memoryShares(settings);
  return {
    maxBytes: cache.maxBytes ?? responseCacheBytes,
    maxBufferedBytes: bodyBufferBytes,
    maxBodyBytes: cache.maxBodyBytes,
    staleRetentionMs: cache.staleRetentionMs,
    unreachableGraceMs: cache.unreachableGraceMs,
    coalesceWaitMs: cache.coalesceWaitMs,
  };
}

type RuleSettings = 'reads' | 'writes' | 'secret' | 'tokenCookies' | 'claim' | 'ignoredCookies';

export const cacheRulesOptions = ({ web, mongodb }: Settings): Pick<CacheRulesOptions, RuleSettings> => ({
  reads: Object.entries(web.cache.reads).map(([path, rule]) => readRule(path, rule, pagesOptions({ web }))),
  writes: Object.entries(web.cache.writes).map(([path, rule]) => writeRule(path, rule)),
  secret: web.cache.secret ?? sharedSecret(mongodb.uri),
  tokenCookies: web.cache.tokenCookies,
  claim: web.cache.userClaim,
  ignoredCookies: [...web.cache.ignoredCookies, web.stickiness.cookieName],
});

const readRule = (path: string, rule: WebCache['reads'][string], pages: object | undefined): ReadRule => ({
  path,
  class: rule.class,
  ttlMs: rule.ttlMs,
  staleWhileRevalidateMs: rule.staleWhileRevalidateMs,
  staleIfErrorMs: rule.staleIfErrorMs,
  tags: pages && rule.class === 'public' ? [...(rule.tags ?? []), PAGES_TAG] : rule.tags,
  unlessParameter: rule.unlessParameter,
});

const writeRule = (path: string, rule: WebCache['writes'][string]): WriteRule => ({
  path,
  methods: rule.methods,
  drops: rule.drops,
  cooldownTags: rule.cooldownTags,
  cooldownMs: rule.cooldownMs,
});

/** The same for every gateway of a deployment, and unguessable without the database's address and credentials. */
const sharedSecret = (mongodbUri: string): string =>
  createHash('sha256').update(`slipstream response cache\n${mongodbUri}`).digest('hex');
