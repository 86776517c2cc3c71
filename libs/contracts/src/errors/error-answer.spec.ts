import { describe, expect, it } from 'vitest';
import { toOpenAiError, toProblem } from './error-answer.js';
import {
  ConflictError,
  DependencyUnavailableError,
  InvalidInputError,
  NotFoundError,
  SlipstreamError,
  StartupError,
} from './slipstream-error.js';

describe.each([
  [new NotFoundError('chat', 'x'), 404, 'chat_not_found', 'invalid_request_error'],
  [new InvalidInputError('invalid_cursor'), 400, 'invalid_cursor', 'invalid_request_error'],
  [new ConflictError('idempotency_key_reused'), 422, 'idempotency_key_reused', 'invalid_request_error'],
  [new ConflictError('backend_exists'), 409, 'backend_exists', 'invalid_request_error'],
  [new DependencyUnavailableError('mongodb'), 503, 'mongodb_unavailable', 'server_error'],
  [new SlipstreamError('key_missing'), 401, 'key_missing', 'authentication_error'],
  [new SlipstreamError('keys_required'), 403, 'keys_required', 'permission_error'],
  [new SlipstreamError('model_rate_limited'), 429, 'model_rate_limited', 'rate_limit_error'],
  [new StartupError('a secret detail'), 500, 'internal_error', 'server_error'],
  [new Error('a secret detail'), 500, 'internal_error', 'server_error'],
  ['thrown text', 500, 'internal_error', 'server_error'],
])('%s', (error, status, code, type) => {
  it(`is a problem document: ${status} ${code}`, () => {
    const answer = toProblem(error, 'r1');
    expect(answer).toMatchObject({ status, headers: { 'content-type': 'application/problem+json' } });
    expect(answer.body).toMatchObject({ status, code, detail: expect.any(String), requestId: 'r1' });
    expect(JSON.stringify(answer)).not.toContain('secret');
  });

  it(`is an error in the shape of OpenAI: ${status} ${type} ${code}`, () => {
    const answer = toOpenAiError(error);
    expect(answer).toMatchObject({ status, headers: { 'content-type': 'application/json' } });
    expect(answer.body).toEqual({ error: { message: expect.any(String), type, param: null, code } });
    expect(JSON.stringify(answer)).not.toContain('secret');
  });
});

describe.each([
  ['a problem document', (error: unknown) => toProblem(error).headers],
  ['an error in the shape of OpenAI', (error: unknown) => toOpenAiError(error).headers],
])('%s', (_, headersOf) => {
  it('says when to come back, how to sign in, and what is allowed', () => {
    expect(headersOf(new DependencyUnavailableError('redis'))).toHaveProperty('retry-after', '2');
    expect(headersOf(new SlipstreamError('key_missing'))).toHaveProperty('www-authenticate');
    const refused = new SlipstreamError('method_not_allowed', undefined, { headers: { allow: 'GET' } });
    expect(headersOf(refused)).toHaveProperty('allow', 'GET');
    expect(headersOf(refused)).toHaveProperty('cache-control', 'no-store');
  });
});

it('names the fields that are at fault', () => {
  const fields = [{ path: 'name', message: 'is too long' }];
  expect(toProblem(new InvalidInputError('invalid_request', undefined, { fields })).body.errors).toEqual(fields);
  expect(toOpenAiError(new InvalidInputError('model_missing', undefined, { param: 'model' })).body.error.param).toBe(
    'model',
  );
});

it('has the retryability of the table, unless the error knows better', () => {
  expect(new SlipstreamError('pool_busy')).toMatchObject({ isRetryable: true });
  expect(new SlipstreamError('chat_not_found')).toMatchObject({ isRetryable: false });
  expect(new SlipstreamError('webhook_status', undefined, { isRetryable: true })).toMatchObject({ isRetryable: true });
});

it('takes no code that the table has not', () => {
  // @ts-expect-error the compiler refuses it
  const planted = () => new SlipstreamError('not_in_the_table');
  expect(planted).toThrow();
});
