export type { StickinessOptions } from './stickiness.js';
export type { Caching, DictionaryOffers, PagePreloads, PageRewriting } from './caching.js';
export { createWebProxy, type WebProxy, type WebProxyLimits, type WebProxyOptions } from './web-proxy.js';
