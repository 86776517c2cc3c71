export type { Logger } from './logger.port.js';
export type { HashOn } from './hash-key.js';
export {
  BackendAnswerError,
  BackendTimeoutError,
  BackendUnreachableError,
  RequestLoopError,
  UnforwardableRequestError,
} from './proxy-errors.js';
export type { StickinessOptions } from './stickiness.js';
export type { Caching } from './caching.js';
export type { ProxyContext } from './proxy-context.js';
export { createWebProxy, type WebProxy, type WebProxyLimits, type WebProxyOptions } from './web-proxy.js';
