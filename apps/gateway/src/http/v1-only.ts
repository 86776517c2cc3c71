import { SlipstreamError } from '@slipstream/contracts';
import { sendProblem } from '@slipstream/http';
import type { Handlers, RequestHandler } from './listener-options.js';

const refuse: RequestHandler = (_request, response, { requestId }) =>
  sendProblem(
    response,
    new SlipstreamError('route_not_found', 'This listener serves /v1 only (listen.internal.serves).'),
    requestId,
  );

/** Returns handlers that serve `/v1`, and answer all other routes with 404. */
export const v1Only = ({ openai }: Handlers): Handlers => ({
  native: refuse,
  hook: refuse,
  asset: refuse,
  web: refuse,
  openai,
});
