import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { NoHealthyBackendsError } from '@slipstream/balancer';
import { SlipstreamError } from '@slipstream/contracts';
import { afterEach, describe, expect, it } from 'vitest';
import { sendWebError } from './error-page.js';

const BROWSER = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8';
const servers: Server[] = [];
afterEach(() => servers.splice(0).forEach((server) => server.close().closeAllConnections()));

/** The answer to a request that ends in this error. */
async function answer(error: unknown, init: RequestInit = {}, given?: string, requestId = 'r1') {
  const send = sendWebError(given);
  const server = createServer((_, response) => send(response, error, requestId)).listen(0, '127.0.0.1');
  servers.push(server);
  await once(server, 'listening');
  return fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/c/1`, init);
}
const browser = { headers: { accept: BROWSER } };

describe('a browser', () => {
  it('gets a page in plain words, which loads itself again and names the request', async () => {
    const page = await answer(new NoHealthyBackendsError('web'), browser);
    expect(page.status).toBe(503);
    expect(Object.fromEntries(page.headers)).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
      'retry-after': '2',
      refresh: '5',
      vary: 'Accept',
      'x-request-id': 'r1',
      'x-content-type-options': 'nosniff',
    });
    const html = await page.text();
    expect(html).toContain('The chat can not be reached just now');
    expect(html).toContain('this number: r1');
    expect(html).not.toMatch(/backend|pool|pod|\{\{/);
  });

  it('loads nothing else, and runs no script: the policy allows one style by its hash', async () => {
    const page = await answer(new NoHealthyBackendsError('web'), browser);
    expect(page.headers.get('content-security-policy')).toMatch(
      /^default-src 'none'; style-src 'sha256-[\w+/]{43}='; base-uri 'none'; form-action 'none'/,
    );
    expect(await page.text()).not.toMatch(/<script|https?:|src=|href=|url\(/);
  });

  it.each(['backend_unreachable', 'backend_bad_answer', 'backend_timeout', 'pool_busy'] as const)(
    'gets it for %s',
    async (code) => {
      expect((await answer(new SlipstreamError(code), browser)).headers.get('content-type')).toContain('text/html');
    },
  );

  it('does not send a form again by itself', async () => {
    const page = await answer(new NoHealthyBackendsError('web'), { ...browser, method: 'POST', body: 'a=1' });
    expect(page.headers.get('content-type')).toContain('text/html');
    expect(page.headers.has('refresh')).toBe(false);
  });

  it('gets the page of the operator, with every value escaped', async () => {
    const given = '<p>{{status}} {{requestId}} {{message}} {{other}}</p>';
    const page = await answer(new NoHealthyBackendsError('web'), browser, given, `<b>"'&`);
    expect(await page.text()).toMatch(/^<p>503 &lt;b&gt;&quot;&#39;&amp; The chat .*\{\{other\}\}<\/p>$/);
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'; style-src 'unsafe-inline'");
  });
});

describe('everybody else keeps the problem document', () => {
  it.each([
    ['no Accept of HTML', new NoHealthyBackendsError('web'), { accept: 'application/json' }],
    ['any type', new NoHealthyBackendsError('web'), { accept: '*/*' }],
    ['HTML refused', new NoHealthyBackendsError('web'), { accept: 'text/html;q=0, */*' }],
    ['another error', new SlipstreamError('request_not_forwardable'), { accept: BROWSER }],
  ])('%s', async (_, error, headers) => {
    const problem = await answer(error, { headers });
    expect(problem.headers.get('content-type')).toBe('application/problem+json');
    expect(await problem.json()).toMatchObject({ requestId: 'r1' });
  });
});
