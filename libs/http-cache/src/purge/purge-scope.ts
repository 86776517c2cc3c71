import { urlOf } from '../policy/cache-key.js';

/**
 * Target of a purge. A URL or prefix that begins with `/` means that path and query at every origin. Otherwise it is
 * absolute, as in `https://chat.example/api/models`. A tag is compared whole: `chat:42` is an entity, `user:7` a user.
 */
export type PurgeScope =
  | { readonly type: 'url'; readonly url: string }
  | { readonly type: 'prefix'; readonly prefix: string }
  | { readonly type: 'tags'; readonly tags: readonly string[] }
  | { readonly type: 'everything' };

/** A purge as every process receives it. */
export interface Purge {
  readonly scope: PurgeScope;
  /** Whether the dropped responses may still be sent while they are being validated, or while the origin fails. */
  readonly isSoft: boolean;
}

/** The properties with which a purge is compared. */
export interface Purgeable {
  /** Absolute. */
  readonly url: string;
  readonly tags: readonly string[];
}

export function isPurgedBy({ url, tags }: Purgeable, scope: PurgeScope): boolean {
  switch (scope.type) {
    case 'everything':
      return true;
    case 'url':
      return scope.url === (scope.url.startsWith('/') ? targetOf(url) : url);
    case 'prefix':
      return (scope.prefix.startsWith('/') ? targetOf(url) : url).startsWith(scope.prefix);
    case 'tags':
      return scope.tags.some((tag) => tags.includes(tag));
  }
}

/** A scope with its URLs in their stored form: authority in lower case, without the scheme's default port. */
export function normalisedScope(scope: PurgeScope): PurgeScope {
  if (scope.type === 'url') return { type: 'url', url: normalisedUrl(scope.url) };
  return scope.type === 'prefix' ? { type: 'prefix', prefix: normalisedUrl(scope.prefix) } : scope;
}

function normalisedUrl(url: string): string {
  const [, scheme, host, target] = /^(https?):\/\/([^/]*)(\/.*)$/is.exec(url) ?? [];
  if (scheme === undefined || host === undefined || target === undefined) return url;
  return urlOf({ scheme: scheme.toLowerCase() === 'https' ? 'https' : 'http', host, target });
}

/** Path and query of an absolute URL. */
export const targetOf = (url: string): string => url.slice(url.indexOf('/', url.indexOf('://') + 3));

const isText = (value: unknown): value is string => typeof value === 'string';

/** @returns undefined for any other message of the bus */
export function parsePurge(message: unknown): Purge | undefined {
  const { scope, isSoft } = (message ?? {}) as { scope?: Record<string, unknown>; isSoft?: unknown };
  if (typeof scope !== 'object' || scope === null || typeof isSoft !== 'boolean') return undefined;
  const { type, url, prefix, tags } = scope;
  if (type === 'everything') return { scope: { type }, isSoft };
  if (type === 'url' && isText(url)) return { scope: { type, url }, isSoft };
  if (type === 'prefix' && isText(prefix)) return { scope: { type, prefix }, isSoft };
  return type === 'tags' && Array.isArray(tags) && tags.every(isText) ? { scope: { type, tags }, isSoft } : undefined;
}
