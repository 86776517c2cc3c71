import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { Principal } from '@slipstream/contracts';
import type { RequestContext } from '@slipstream/http';
import { contextOf } from '../http/request-context.js';

const contextFrom = (context: ExecutionContext): RequestContext =>
  contextOf(context.switchToHttp().getRequest<FastifyRequest>().raw);

/** Parameter decorator: the {@link Principal} of the request. */
export const Caller = createParamDecorator((_: unknown, context: ExecutionContext): Principal => {
  const { principal } = contextFrom(context);
  if (!principal) throw new Error('A request reached the native API without a principal.');
  return principal;
});

/** Parameter decorator: the {@link RequestContext} of the request. */
export const Context = createParamDecorator((_: unknown, context: ExecutionContext): RequestContext =>
  contextFrom(context),
);
