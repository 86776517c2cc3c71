export { Http1Error, Http1RequestError, type Http1ErrorCode } from './http1-error.js';
export type { Http1Controller, Http1Handler, Http1Request } from './http1-exchange.port.js';
export { Http1Pool, type Http1PoolOptions, type Http1PoolStats } from './http1-pool.js';
export type { Http1TlsOptions } from './origin-socket.js';
export { readAnswer, type ReadAnswer, type ReadAnswerOptions } from './read-answer.js';
