import type { IncomingMessage, ServerResponse } from 'node:http';
import { messageOf, SlipstreamError, type Logger } from '@slipstream/contracts';
import { hasPassed, logIds, sendOpenAiError, type RequestBodyBudget } from '@slipstream/http';
import { ClientReceiver, ResponseBuffers } from '@slipstream/upstream';
import type { ModelPool } from '../model-pool.js';
import { sendModel, sendModels } from './model-resources.js';
import { readCall } from './read-call.js';
import { toModelHeaders, type CallContext } from './request-headers.js';
import { routeOf } from './route.js';

/** Options of {@link createOpenAiHandler}. */
export interface OpenAiHandlerOptions {
  /** Largest request body. Default 20971520 (20 MiB). */
  maxBodyBytes?: number;
  /** Memory for request bodies. Default: unlimited. */
  bodies?: RequestBodyBudget;
  logger: Logger;
}

const LOOP =
  'The request returned to this gateway, because the URL of a model server leads back to it. Correct that URL.';

/** Answers one request. Never rejects. */
export type OpenAiHandler = (request: IncomingMessage, response: ServerResponse, context: CallContext) => Promise<void>;

/**
 * OpenAI's API over a pool of model servers: `GET /v1/models`, `GET /v1/models/{id}`, and every POST below `/v1` with a
 * `model` in its JSON body. Bodies are forwarded unchanged in both directions, answers as a stream; errors have
 * OpenAI's shape.
 */
export function createOpenAiHandler(
  pool: ModelPool,
  { maxBodyBytes = 20 * 1024 * 1024, bodies, logger }: OpenAiHandlerOptions,
): OpenAiHandler {
  const buffers = new ResponseBuffers();
  return async (request, response, context) => {
    try {
      if (hasPassed(request.headers.via, pool.pseudonym)) throw new SlipstreamError('request_loop', LOOP);
      const route = routeOf(request.method ?? '', request.url ?? '');
      if (route.type === 'models') await sendModels(pool, response);
      else if (route.type === 'model') await sendModel(pool, route.id, response);
      else await passThrough(route.path, request, response, context);
    } catch (error) {
      answerError(error, response, context);
    }
  };

  async function passThrough(
    path: string,
    request: IncomingMessage,
    response: ServerResponse,
    context: CallContext,
  ): Promise<void> {
    const hold = await bodies?.admit(request, response, maxBodyBytes);
    const call = await readCall(request, maxBodyBytes);
    hold?.shrinkTo(call.body.reduce((sum, { length }) => sum + length, 0));
    const headers = toModelHeaders(request.rawHeaders, context);
    const receiver = new ClientReceiver(response, buffers, (error) => answerError(error, response, context));
    const { requestId, traceparent, span, timeline } = context;
    pool.forward({ ...call, path, headers, requestId, traceparent, span, receiver, timeline });
  }

  function answerError(error: unknown, response: ServerResponse, context: CallContext): void {
    if (response.destroyed || response.headersSent) {
      response.destroy();
      return;
    }
    if (!(error instanceof SlipstreamError))
      logger.warn({ ...logIds(context), reason: messageOf(error) }, 'model call failed');
    sendOpenAiError(response, error, context.requestId);
  }
}
