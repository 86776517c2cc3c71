import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { OpenWebuiHooks } from './open-webui-hooks.js';

/** Refuses callers without a hook's secret, before the call is read or stored. */
@Injectable()
export class OpenWebuiHookGuard implements CanActivate {
  constructor(private readonly hooks: OpenWebuiHooks) {}

  /** @throws NotFoundError `hook_not_found` */
  canActivate(context: ExecutionContext): boolean {
    const { secret } = context.switchToHttp().getRequest<FastifyRequest<{ Params: { secret: string } }>>().params;
    this.hooks.find(secret);
    return true;
  }
}
