import { SlipstreamError } from '@slipstream/contracts';
import { sendProblem } from '@slipstream/http';
import type { RequestHandler } from './listener-options.js';
import { NATIVE_PREFIX } from './routes.js';

/**
 * Serves the web route without a web pool: a short page at `/`, and 404 elsewhere.
 * @param isDemo whether the demo model answers, because no model server is configured
 */
export function landingPage(isDemo: boolean): RequestHandler {
  const page = render(isDemo);
  return (request, response, { url, requestId }) => {
    const isPage = url.split('?', 1)[0] === '/' && (request.method === 'GET' || request.method === 'HEAD');
    if (!isPage)
      return sendProblem(
        response,
        new SlipstreamError(
          'route_not_found',
          'There is nothing at this path; no web application is configured (WEB_BACKENDS).',
        ),
        requestId,
      );
    response.writeHead(200, {
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-cache',
      'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'",
    });
    response.end(page);
  };
}

const DEMO = ' The built-in demo models answer; set LLM_BACKENDS to use real ones.';

const render = (isDemo: boolean): string => `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Slipstream</title>
<style>
  :root { color-scheme: light dark }
  body { font: 16px/1.6 system-ui, sans-serif; max-width: 38rem; margin: 12vh auto; padding: 0 1.5rem }
  h1 { font-size: 1.6rem; letter-spacing: -.01em; margin-bottom: 0 }
  p { margin: .4rem 0 1.4rem }
  dt { font-family: ui-monospace, monospace; font-size: .9rem }
  dd { margin: 0 0 .9rem; opacity: .75 }
</style>
<h1>Slipstream is running</h1>
<p>A gateway for AI chat platforms.</p>
<dl>
  <dt>${NATIVE_PREFIX}</dt>
  <dd>Users, chats, durable generations with resumable streams. Described at /docs of the management port.</dd>
  <dt>/v1</dt><dd>OpenAI-compatible: any OpenAI client works here.${isDemo ? DEMO : ''}</dd>
  <dt>/</dt><dd>Your web application, once WEB_BACKENDS lists its backends.</dd>
</dl>
</html>
`;
