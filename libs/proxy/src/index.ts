export type { Logger } from './logger.port.js';
export { probeHealth } from './probe-health.js';
export { BackendAnswerError, BackendTimeoutError, BackendUnreachableError, UnforwardableRequestError } from './proxy-errors.js';
export { createWebProxy, type ProxyContext, type WebProxy, type WebProxyOptions } from './web-proxy.js';
