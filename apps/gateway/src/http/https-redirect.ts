import { SlipstreamError } from '@slipstream/contracts';
import { sendProblem } from '@slipstream/http';
import type { Handlers, RequestHandler } from './listener-options.js';

const HTTPS_PORT = 443;

/**
 * Returns handlers that redirect every request to the same path over HTTPS. The listener has validated Host.
 * @param port returns the port of the HTTPS listener
 */
export function httpsRedirect(port: () => number): Handlers {
  const redirect: RequestHandler = ({ headers: { host } }, response, { url, requestId }) => {
    if (host === undefined) return sendProblem(response, new SlipstreamError('invalid_host'), requestId);
    if (!url.startsWith('/')) return sendProblem(response, new SlipstreamError('invalid_target'), requestId);
    const name = host.toLowerCase().replace(/:\d*$/, '');
    const authority = port() === HTTPS_PORT ? name : `${name}:${port()}`;
    response.writeHead(308, { location: `https://${authority}${url}`, 'content-length': 0 }).end();
  };
  return { native: redirect, hook: redirect, asset: redirect, openai: redirect, web: redirect };
}
