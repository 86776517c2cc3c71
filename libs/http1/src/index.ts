export { Http1Error } from './http1-error.js';
export type { Http1Controller, Http1Handler, Http1Request } from './http1-exchange.port.js';
export { Http1Pool } from './http1-pool.js';
export { readAnswer, type ReadAnswer, type ReadAnswerOptions } from './read-answer.js';
