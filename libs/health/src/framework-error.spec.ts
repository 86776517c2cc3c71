import { HttpException, NotFoundException } from '@nestjs/common';
import { NotFoundError, toProblem } from '@slipstream/contracts';
import { describe, expect, it } from 'vitest';
import { fromFramework } from './framework-error.js';

const fastify = (code: string) => Object.assign(new Error('from Fastify'), { code });

describe('a refusal of Nest or Fastify', () => {
  it.each([
    [new NotFoundException('no'), 404, 'route_not_found'],
    [new HttpException('no', 406), 400, 'bad_request'],
    [fastify('FST_ERR_CTP_BODY_TOO_LARGE'), 413, 'body_too_large'],
    [fastify('FST_ERR_CTP_INVALID_JSON_BODY'), 400, 'invalid_json'],
    [fastify('FST_ERR_CTP_INVALID_MEDIA_TYPE'), 415, 'unsupported_media_type'],
    [Object.assign(new Error('odd'), { statusCode: 400 }), 400, 'bad_request'],
    [
      new HttpException('wrapped by Nest', 400, { cause: fastify('FST_ERR_CTP_INVALID_JSON_BODY') }),
      400,
      'invalid_json',
    ],
    [new HttpException('a secret detail', 500), 500, 'internal_error'],
    [Object.assign(new Error('a secret detail'), { statusCode: 500 }), 500, 'internal_error'],
    ['thrown text', 500, 'internal_error'],
  ])('%s: %i %s', (error, status, code) => {
    expect(toProblem(fromFramework(error)).body).toMatchObject({ status, code });
    expect(JSON.stringify(toProblem(fromFramework(error)))).not.toContain('secret');
  });

  it('leaves errors of ours alone', () => {
    const error = new NotFoundError('chat', 'x');
    expect(fromFramework(error)).toBe(error);
  });
});
