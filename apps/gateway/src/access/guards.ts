import type { IncomingMessage } from 'node:http';
import type { Authenticator } from '@slipstream/access';
import { sendOpenAiError, sendProblem, type SendError } from '@slipstream/http';
import type { Logger, Registry } from '@slipstream/telemetry';
import type { RequestHandler } from '../http/listener-options.js';
import { guarded } from '../http/guarded.js';
import { setPrincipal } from '../http/known-principal.js';
import { Refusals, type RefusedAt } from './refusals.js';

/** Authenticates the callers of each API, and records the refused ones. */
export interface Guards {
  native(handle: RequestHandler): RequestHandler;
  openai(handle: RequestHandler): RequestHandler;
  /** @throws AccessError */
  admin(request: IncomingMessage): Promise<void>;
  close(): void;
}

export function createGuards(authenticator: Authenticator, registry: Registry, logger: Logger): Guards {
  const refusals = new Refusals(registry, logger);
  const guard = (at: RefusedAt, handle: RequestHandler, refuse: SendError): RequestHandler =>
    guarded(authenticator, handle, { refuse, onRefused: (error, address) => refusals.note(at, error, address) });
  return {
    native: (handle) => guard('native', handle, sendProblem),
    openai: (handle) => guard('/v1', handle, sendOpenAiError),
    async admin(request) {
      try {
        setPrincipal(request, await authenticator.requireAdmin(request));
      } catch (error) {
        refusals.note('admin', error, request.socket.remoteAddress ?? 'unknown');
        throw error;
      }
    },
    close: () => refusals.close(),
  };
}
