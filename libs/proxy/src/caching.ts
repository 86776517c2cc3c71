import { hash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AssetClass, CDNManager } from '@slipstream/cdn';
import { claimedOrigin, hasBody, type Peer, type RawHeaders, type Receiver } from '@slipstream/http';
import {
  withheldFromSharedCaches,
  type CacheOutcome,
  type CacheRequest,
  type CacheRule,
  type CacheRules,
  type ReadRuling,
  type ResponseCache,
} from '@slipstream/http-cache';

/** The response cache before the pool, and its rules. */
export interface Caching {
  cache: ResponseCache;
  rules: CacheRules;
  /** Adds fields for browsers and for a content delivery network. Absent: no field is added. */
  cdn?: Pick<CDNManager, 'complete' | 'hasEdge' | 'forbidGuessing'>;
  /** Absent: pages stay as they are. */
  pages?: PageRewriting;
  /** Absent: browsers get no dictionary. */
  offers?: DictionaryOffers;
  /** Absent: pages name no files. */
  preloads?: PagePreloads;
  /** Called once for each answer. @param rule the rule's pattern of the path; undefined if no rule matched */
  onAnswered?: (outcome: CacheOutcome, rule: string | undefined) => void;
  /** Ends background work for the cache. */
  close?: () => void;
}

/** Offers browsers a dictionary for files that never change (RFC 9842), and serves it. */
export interface DictionaryOffers {
  /** Adds the offer to the head of an answer if the request is for a document. @param headers changed in place */
  addTo(headers: string[], request: RawHeaders): void;
  /** @param target path and query @returns whether it has answered a request for the dictionary */
  serve(target: string, request: RawHeaders, response: ServerResponse): boolean;
}

/** Changes the HTML pages of the application while they flow. */
export interface PageRewriting {
  /** Whether the answer may be a page: then the backend is to send plain bytes, and its answer is wrapped. */
  expectsPage(request: RawHeaders, rule: CacheRule | undefined): boolean;
  /** @param target path and query of the page */
  wrap(receiver: Receiver, target: string): Receiver;
}

/** Learns which files a page loads, and names them in the head of the page. */
export interface PagePreloads {
  /**
   * Called with each answer of a path that all clients share.
   * @param path with its query
   * @param headers changed in place
   */
  answered(answer: { request: IncomingMessage; path: string; statusCode: number; headers: string[] }, peer: Peer): void;
}

export function closeCaching({ rules, cache, close }: Caching): void {
  rules.close();
  cache.close();
  close?.();
}

/** A request before it is forwarded. */
export interface KnownRequest {
  readonly request: IncomingMessage;
  readonly method: string;
  /** Path and query. */
  readonly target: string;
  readonly peer: Peer;
  /** The fields that a backend gets. */
  readonly forwardedHeaders: () => string[];
}

const isRead = (method: string): boolean => method === 'GET' || method === 'HEAD';
const NEVER: ReadRuling = { rule: { scope: 'never' } };

/** @param isWrite whether it changes something; even a GET may, because some applications sign users out by one */
export function cacheRequestOf(
  { request, method, target, peer, forwardedHeaders }: KnownRequest,
  rules: CacheRules,
  isWrite: boolean,
): CacheRequest {
  const headers = request.rawHeaders;
  const { scheme, isClear, rest } = claimedOrigin(headers, request.headers.host, peer);
  const host = isClear ? request.headers.host : undefined;
  const ruling =
    host === undefined || (isWrite && isRead(method)) ? NEVER : rulingOn(rules, method, target, request, peer);
  const claims = rest === '' ? undefined : hash('sha256', rest, 'base64url');
  return {
    method,
    scheme,
    host: host ?? '',
    target,
    headers,
    forwardedHeaders,
    hasContent: hasBody(request),
    claims,
    ...ruling,
  };
}

/** @returns the class of a path that all clients share; undefined for any other path */
export function assetClassOf(rule: CacheRule | undefined): AssetClass | undefined {
  if (rule?.scope !== 'public') return undefined;
  const { tags } = rule;
  if (rule.checksType === true) return { type: 'immutable', tags };
  const { ttlMs, hasDefaultTtl, staleWhileRevalidateMs, staleIfErrorMs } = rule;
  return { type: 'public', ttlMs: hasDefaultTtl ? undefined : ttlMs, staleWhileRevalidateMs, staleIfErrorMs, tags };
}

/**
 * Keeps answers that are not for all clients out of a content delivery network in front. Called when the answer leaves,
 * so that the response cache evaluates the backend's own fields.
 *
 * @param headers changed in place
 * @param isSigned whether only the holder of the URL may read the answer
 */
export function withholdFromEdge(
  headers: string[],
  rule: CacheRule | undefined,
  cdn: Caching['cdn'],
  isSigned = false,
): void {
  if (!isSigned) {
    if (!cdn?.hasEdge) return;
    if (rule === undefined || rule.scope === 'public') return cdn.forbidGuessing(headers);
  }
  headers.splice(0, headers.length, ...withheldFromSharedCaches(headers));
}

function rulingOn(
  rules: CacheRules,
  method: string,
  target: string,
  { rawHeaders: headers }: IncomingMessage,
  { isTrusted }: Peer,
): ReadRuling {
  return isRead(method) ? rules.read({ method, target, headers, isTrusted }) : rules.other(target);
}
