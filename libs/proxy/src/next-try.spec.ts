import { errors } from 'undici';
import { expect, it } from 'vitest';
import { nextTry, type FailedTry } from './next-try.js';
import { UnforwardableRequestError } from './proxy-errors.js';

const refused = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
const reset = Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' });
const closed = new errors.SocketError('other side closed');
const first: FailedTry = { error: closed, wasSent: true, method: 'GET', isReplayable: true, tries: 1, maxTries: 3, wasResent: false };

it.each<[string, Partial<FailedTry>, string]>([
  ['nothing was sent', { error: refused, wasSent: false }, 'another'],
  ['nothing was sent of a POST', { error: refused, wasSent: false, method: 'POST', isReplayable: false }, 'another'],
  ['nothing was sent, three times', { error: refused, wasSent: false, tries: 3 }, 'none'],
  ['undici refuses the request', { error: new errors.InvalidArgumentError('duplicate host header'), wasSent: false }, 'none'],
  ['we refuse the request', { error: new UnforwardableRequestError('x'), wasSent: false }, 'none'],
  ['the connection closed', {}, 'any'],
  ['the connection was reset', { error: reset }, 'any'],
  ['the connection closed on a DELETE', { method: 'DELETE' }, 'any'],
  ['the connection closed once more', { tries: 2, wasResent: true }, 'none'],
  ['the connection closed on a POST', { method: 'POST' }, 'none'],
  ['the connection closed on a PATCH', { method: 'PATCH' }, 'none'],
  ['the connection closed on a body that is kept', { method: 'PUT' }, 'any'],
  ['the connection closed on a body that is gone', { method: 'PUT', isReplayable: false }, 'none'],
  ['the backend was silent', { error: new errors.HeadersTimeoutError() }, 'none'],
  ['the answer was no HTTP', { error: new errors.HTTPParserError('x') }, 'none'],
])('when %s', (_, differently, expected) => {
  expect(nextTry({ ...first, ...differently })).toBe(expected);
});
