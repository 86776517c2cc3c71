import { HttpException, NotFoundException } from '@nestjs/common';
import { NoHealthyBackendsError, PoolBusyError } from '@slipstream/balancer';
import { describe, expect, it } from 'vitest';
import {
  ConflictError,
  DependencyUnavailableError,
  InvalidInputError,
  NotFoundError,
  SlipstreamError,
} from '@slipstream/contracts';
import { AccessError } from '@slipstream/access';
import { InvalidFieldsError, toProblem } from './problem.js';

const fastify = (code: string) => Object.assign(new Error('from Fastify'), { code });

describe('toProblem', () => {
  it.each([
    [new NotFoundError('chat', 'x'), 404, 'chat_not_found'],
    [new InvalidInputError('invalid_cursor', 'no'), 400, 'invalid_cursor'],
    [new InvalidFieldsError([{ path: 'name', message: 'no' }]), 400, 'invalid_request'],
    [new ConflictError('idempotency_key_reused', 'no'), 422, 'idempotency_key_reused'],
    [new ConflictError('other', 'no'), 409, 'other'],
    [new DependencyUnavailableError('mongodb'), 503, 'mongodb_unavailable'],
    [new AccessError(401, 'key_missing', 'no'), 401, 'key_missing'],
    [new NoHealthyBackendsError('web'), 503, 'no_healthy_backends'],
    [new PoolBusyError('web', 'queue is full'), 503, 'pool_busy'],
    [new SlipstreamError('odd', 'no'), 500, 'odd'],
    [new NotFoundException('no'), 404, 'route_not_found'],
    [fastify('FST_ERR_CTP_BODY_TOO_LARGE'), 413, 'body_too_large'],
    [fastify('FST_ERR_CTP_INVALID_JSON_BODY'), 400, 'invalid_json'],
    [fastify('FST_ERR_CTP_INVALID_MEDIA_TYPE'), 415, 'unsupported_media_type'],
    [
      new HttpException('wrapped by Nest', 400, { cause: fastify('FST_ERR_CTP_INVALID_JSON_BODY') }),
      400,
      'invalid_json',
    ],
    [new Error('a secret detail'), 500, 'internal_error'],
    ['thrown text', 500, 'internal_error'],
  ])('%s: %i %s', (error, status, code) => {
    expect(toProblem(error, 'r1').problem).toMatchObject({ status, code, requestId: 'r1' });
  });

  it('shows nothing of an error that is not ours', () => {
    expect(JSON.stringify(toProblem(new Error('a secret detail'), 'r1'))).not.toContain('secret');
  });

  it('says when to come back, and how to sign in', () => {
    expect(toProblem(new DependencyUnavailableError('redis'), 'r1').headers).toHaveProperty('retry-after', '2');
    expect(toProblem(new AccessError(401, 'key_missing', 'no'), 'r1').headers).toHaveProperty('www-authenticate');
  });
});
