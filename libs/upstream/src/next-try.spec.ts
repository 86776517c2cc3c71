import { Http1Error } from '@slipstream/http1';
import { expect, it } from 'vitest';
import { nextTry, type FailedTry } from './next-try.js';

const failed = (code: Http1Error['code']): Http1Error => new Http1Error(code, code);
const refused = failed('http1_connect_failed');
const closed = failed('http1_closed');
const first: FailedTry = {
  error: closed,
  wasSent: true,
  method: 'GET',
  isReplayable: true,
  tries: 1,
  maxTries: 3,
  wasResent: false,
};

it.each<[string, Partial<FailedTry>, string]>([
  ['nothing was sent', { error: refused, wasSent: false }, 'another'],
  ['nothing was sent of a POST', { error: refused, wasSent: false, method: 'POST', isReplayable: false }, 'another'],
  ['nothing was sent, three times', { error: refused, wasSent: false, tries: 3 }, 'none'],
  ["the request can't be sent", { error: failed('http1_request_invalid'), wasSent: false }, 'none'],
  [
    'we refuse the request',
    { error: Object.assign(new Error('x'), { code: 'request_not_forwardable' }), wasSent: false },
    'none',
  ],
  ['the connection closed', {}, 'any'],
  ['the connection closed within the head of the answer', { error: failed('http1_truncated') }, 'any'],
  [
    'the connection closed within the head of the answer to a POST',
    { error: failed('http1_truncated'), method: 'POST' },
    'none',
  ],
  ['the connection closed on a DELETE', { method: 'DELETE' }, 'any'],
  ['the connection closed once more', { tries: 2, wasResent: true }, 'none'],
  ['the connection closed on a POST', { method: 'POST' }, 'none'],
  ['the connection closed on a PATCH', { method: 'PATCH' }, 'none'],
  ['the connection closed on a body that is kept', { method: 'PUT' }, 'any'],
  ['the connection closed on a body that is gone', { method: 'PUT', isReplayable: false }, 'none'],
  ['the backend was silent', { error: failed('http1_headers_timeout') }, 'none'],
  ['the answer was no HTTP', { error: failed('http1_malformed') }, 'none'],
])('when %s', (_, differently, expected) => {
  expect(nextTry({ ...first, ...differently })).toBe(expected);
});
