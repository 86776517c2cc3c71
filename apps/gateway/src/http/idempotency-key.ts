import { createHash, randomUUID } from 'node:crypto';
import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { InvalidInputError, type Principal } from '@slipstream/contracts';
import type { CreateIdentity } from '@slipstream/mongo';
import { contextOf } from './request-context.js';

const KEY = /^[\x21-\x7e]{1,255}$/;

/**
 * Identity of a create call (draft-ietf-httpapi-idempotency-key-header). With an `Idempotency-Key`, the id of the new
 * resource is derived from caller, path and key, so that a repeated call finds the resource of the first one.
 * @throws InvalidInputError `invalid_idempotency_key`
 */
export function createIdentity(
  { keyId, userId = '' }: Pick<Principal, 'keyId' | 'userId'>,
  path: string,
  key: string | string[] | undefined,
  body: unknown,
): CreateIdentity {
  if (key === undefined) return { id: randomUUID() };
  if (typeof key !== 'string' || !KEY.test(key)) {
    throw new InvalidInputError(
      'invalid_idempotency_key',
      'Idempotency-Key must be 1 to 255 visible ASCII characters, sent once.',
    );
  }
  const id = digest([keyId, userId, path, key]);
  return { id, requestHash: digest([JSON.stringify(body)]) };
}

/** 192 bits of SHA-256 over the length-delimited parts. */
const digest = (parts: string[]): string =>
  createHash('sha256').update(JSON.stringify(parts)).digest('base64url').slice(0, 32);

/** Parameter decorator: the {@link CreateIdentity} of a POST. */
export const Identity = createParamDecorator((_: unknown, context: ExecutionContext): CreateIdentity => {
  const request = context.switchToHttp().getRequest<FastifyRequest>();
  const { principal, url } = contextOf(request.raw);
  if (!principal) throw new Error('A request reached the native API without a principal.');
  return createIdentity(principal, url.split('?', 1)[0]!, request.headers['idempotency-key'], request.body);
});
