import {
  allowAllOrigins,
  completeCacheControl,
  namesNoLifetime,
  varyByCoding,
  type AnswerHead,
  type AssetClass,
} from './answer-head.js';
import { edgeTagValue, type EdgeTagField } from './edge-tags.js';
import { specifiedCacheControl } from './specified-cache-control.js';

/** Options of {@link CDNManager}. */
export interface CDNManagerOptions {
  /** Base URL of the content delivery network, without a query. Default `https://cdn.openwebui.com`. */
  cdnUrl?: string;
  /** Whether {@link CDNManager.complete} adds Cache-Control. Default true. */
  addsCacheControl?: boolean;
  /** Whether it names Accept-Encoding in Vary. Default false. */
  variesByCoding?: boolean;
  /** Whether a network is in front of the gateway, so that answers get fields for it. Default false. */
  hasEdge?: boolean;
  /** Field with the tags of an answer. Absent: the network gets none. */
  tagField?: EdgeTagField;
}

/** Maps paths to a content delivery network, and decides how long caches keep our own assets. */
export class CDNManager {
  private readonly base: URL;

  /** @throws TypeError if `cdnUrl` is no URL */
  constructor(private readonly options: CDNManagerOptions = {}) {
    const { cdnUrl = 'https://cdn.openwebui.com' } = options;
    this.base = new URL(cdnUrl.endsWith('/') ? cdnUrl : `${cdnUrl}/`);
  }

  /** Whether a network is in front of the gateway. */
  get hasEdge(): boolean {
    return this.options.hasEdge === true;
  }

  /** Whether the network gets the tags of answers. */
  get sendsTags(): boolean {
    return this.options.tagField !== undefined;
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

  /** See {@link specifiedCacheControl}. */
  getCacheControl(contentType: string, path: string): string {
    return specifiedCacheControl(contentType, path);
  }

  /**
   * Adds fields to the answer of a backend for a path that all clients share: Cache-Control if the backend sent none
   * (its own directives go before the rule of the path), the tags, and Vary.
   */
  complete(head: AnswerHead, asset: AssetClass): void {
    const { addsCacheControl = true, variesByCoding = false, hasEdge, tagField } = this.options;
    if (addsCacheControl) completeCacheControl(head, asset, hasEdge);
    if (variesByCoding) varyByCoding(head.statusCode, head.headers);
    if (hasEdge && asset.type === 'immutable') allowAllOrigins(head.headers);
    const tags = tagField && asset.tags && edgeTagValue(tagField, asset.tags);
    if (tags) head.headers.push(tagField, tags);
  }

  /**
   * Forbids the network to store an answer that names no lifetime: networks choose one by the extension of the path,
   * and the answer may be for one user.
   *
   * @param headers end-to-end, flat; changed in place
   */
  forbidGuessing(headers: string[]): void {
    if (namesNoLifetime(headers)) headers.push('CDN-Cache-Control', 'no-store');
  }
}
