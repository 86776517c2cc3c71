import { completeCacheControl, varyByCoding, type AssetClass } from './answer-head.js';
import { isFingerprinted } from './fingerprint.js';

/** Values of the specification, and `immutable` for files whose name changes with their content. */
const CACHE_CONTROL = {
  immutable: 'public, max-age=31536000, immutable',
  static: 'public, max-age=31536000',
  dynamic: 'public, max-age=3600',
  api: 'no-cache',
} as const;

const STATIC_TYPE =
  /^(?:image|font|audio|video)\/|^text\/css\b|^(?:text|application)\/javascript\b|^application\/wasm\b/i;
const STATIC_PATH = /^\/(?:static|assets)\//;
const API_PATH = /^\/(?:api|v1)\//;

/** Options of {@link CDNManager}. */
export interface CDNManagerOptions {
  /** Base URL of the content delivery network, without a query. Default `https://cdn.openwebui.com`. */
  cdnUrl?: string;
  /** Whether {@link CDNManager.complete} adds Cache-Control. Default true. */
  addsCacheControl?: boolean;
  /** Whether it names Accept-Encoding in Vary. Default false. */
  variesByCoding?: boolean;
}

/** Maps paths to a content delivery network, and decides how long caches keep our own assets. */
export class CDNManager {
  private readonly base: URL;

  /** @throws TypeError if `cdnUrl` is no URL */
  constructor(private readonly options: CDNManagerOptions = {}) {
    const { cdnUrl = 'https://cdn.openwebui.com' } = options;
    this.base = new URL(cdnUrl.endsWith('/') ? cdnUrl : `${cdnUrl}/`);
  }

  /**
   * @param path path and query of an asset; a leading `/` is optional
   * @returns its URL at the network
   * @throws TypeError if the path leaves the network's base URL
   */
  getCdnUrl(path: string): string {
    const url = new URL(`.${path.startsWith('/') ? '' : '/'}${path}`, this.base);
    if (!url.href.startsWith(this.base.href)) throw new TypeError('the path leaves the base URL of the CDN');
    return url.href;
  }

  /**
   * @param contentType of the answer; may be empty
   * @param path with or without a query
   * @returns `public, max-age=31536000` for static files (`immutable` if fingerprinted), `no-cache` for APIs, else
   * `public, max-age=3600`
   */
  getCacheControl(contentType: string, path: string): string {
    if (API_PATH.test(path)) return CACHE_CONTROL.api;
    if (isFingerprinted(path)) return CACHE_CONTROL.immutable;
    return STATIC_PATH.test(path) || STATIC_TYPE.test(contentType) ? CACHE_CONTROL.static : CACHE_CONTROL.dynamic;
  }

  /**
   * Adds fields to the answer of a backend for a path that all clients share: Cache-Control if the backend sent none
   * (its own directives go before the rule of the path), and Vary.
   */
  complete(statusCode: number, headers: string[], asset: AssetClass): void {
    const { addsCacheControl = true, variesByCoding = false } = this.options;
    if (addsCacheControl) completeCacheControl(statusCode, headers, asset);
    if (variesByCoding) varyByCoding(statusCode, headers);
  }
}
