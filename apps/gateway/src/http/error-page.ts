import { createHash } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { statusOf, SlipstreamError, toProblem } from '@slipstream/contracts';
import { escapeHtml, sendProblem, type SendError } from '@slipstream/http';

/** Statuses that mean that the application could not answer. */
const OUTAGES: ReadonlySet<number> = new Set([502, 503, 504]);
/** Seconds after which the page loads itself again. */
const REFRESH_SECONDS = 5;

const STYLE =
  ':root{color-scheme:light dark}body{font:16px/1.6 system-ui,sans-serif;max-width:32rem;margin:15vh auto;' +
  'padding:0 1.5rem}h1{font-size:1.4rem}small{opacity:.7}';

const PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Not available right now</title>
<style>${STYLE}</style>
</head>
<body>
<h1>This page is not available right now</h1>
<p>{{message}}</p>
<p>You need not do anything: this page tries again every {{seconds}} seconds. What you wrote before is not lost.</p>
<p><small>If this lasts, give your administrator this number: {{requestId}}</small></p>
</body>
</html>
`;

const OWN_CSP = `default-src 'none'; style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`;
/** A custom page may contain styles and pictures. */
const GIVEN_CSP = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:";

const MESSAGES: Readonly<Record<number, string>> = {
  502: 'The chat did not answer properly. It may be starting again.',
  503: 'The chat can not be reached just now. It may be starting again, or very busy.',
  504: 'The chat took too long to answer. It may be very busy.',
};

/**
 * Answers with an error. If the application can't answer, a browser that opens a page gets a page in plain words, which
 * loads itself again. Every other client gets a problem document.
 * @param given HTML that replaces the built-in page; may contain `{{message}}`, `{{seconds}}`, `{{status}}` and
 * `{{requestId}}`
 */
export function sendWebError(given?: string): SendError {
  const page = given ?? PAGE;
  const csp = given === undefined ? OWN_CSP : GIVEN_CSP;
  return (response, error, requestId) => {
    if (response.headersSent || !wantsPage(response, error)) return sendProblem(response, error, requestId);
    const { status, headers } = toProblem(error);
    const seconds = Math.max(REFRESH_SECONDS, Number(headers['retry-after'] ?? 0));
    const html = filled(page, {
      message: MESSAGES[status] ?? '',
      seconds: String(seconds),
      status: String(status),
      requestId,
    });
    response
      .writeHead(status, {
        ...headers,
        'content-type': 'text/html; charset=utf-8',
        'content-length': Buffer.byteLength(html),
        'content-security-policy': `${csp}; base-uri 'none'; form-action 'none'; frame-ancestors 'self'`,
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
        vary: 'Accept',
        'x-request-id': requestId,
        ...(isSafe(response) && { refresh: String(seconds) }),
      })
      .end(html);
  };
}

/** A browser that opens a page accepts HTML by name; scripts and API clients do not. */
function wantsPage({ req }: ServerResponse, error: unknown): boolean {
  const isOutage = error instanceof SlipstreamError && OUTAGES.has(statusOf(error.code));
  return isOutage && /(?:^|[\s,])text\/html(?![^,]*;\s*q=0(?:\.0*)?(?:[\s,]|$))/i.test(req.headers.accept ?? '');
}

/** An automatic second submission of a form would have its effect twice. */
const isSafe = ({ req: { method } }: ServerResponse): boolean => method === 'GET' || method === 'HEAD';

const filled = (page: string, values: Readonly<Record<string, string>>): string =>
  page.replace(/\{\{(\w+)\}\}/g, (whole, name: string) => (name in values ? escapeHtml(values[name]!) : whole));
