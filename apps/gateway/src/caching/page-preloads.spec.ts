import { once } from 'node:events';
import type { RequestListener } from 'node:http';
import { connect, type ClientHttp2Session, type IncomingHttpHeaders } from 'node:http2';
import { afterEach, describe, expect, it } from 'vitest';
import type { ListenerOptions } from '../http/listener-options.js';
import { makeSelfSignedPair } from '../http/tls-pair.js';
import { PresetGateways } from './testing/preset-gateways.js';

const gateways = new PresetGateways();
const sessions: ClientHttp2Session[] = [];
afterEach(async () => {
  for (const session of sessions.splice(0)) session.destroy();
  await gateways.close();
});

const DOCUMENT = { 'sec-fetch-dest': 'document', 'sec-fetch-mode': 'navigate' };
const MODULE = { 'sec-fetch-dest': 'script', 'sec-fetch-mode': 'cors' };
const STYLE = { 'sec-fetch-dest': 'style', 'sec-fetch-mode': 'no-cors' };
const SCRIPT_PATH = '/_app/immutable/a.js';
const LINK = `<${SCRIPT_PATH}>; rel=modulepreload`;

/** Files that never change, and pages with the tag of their release. @param release of the pages */
const application =
  (release: { tag?: string } = { tag: '"v1"' }): RequestListener =>
  ({ url = '' }, response) => {
    if (!url.startsWith('/_app/'))
      return void response
        .writeHead(200, {
          'content-type': 'text/html',
          'cache-control': 'no-store',
          ...(release.tag && { etag: release.tag }),
        })
        .end('page');
    if (url.includes('absent')) return void response.writeHead(404).end();
    response.writeHead(200, { 'content-type': url.includes('.css') ? 'text/css' : 'text/javascript' }).end('x');
  };

/** A gateway, and browsers with one connection each. */
async function started(backend = application(), assets: object = {}, options: Partial<ListenerOptions> = {}) {
  const tls = await makeSelfSignedPair('127.0.0.1');
  const { url } = await gateways.start(backend, { preloads: true, ...assets }, {}, { tls, ...options });
  return function browser() {
    const session = connect(url, { ca: tls.cert }).on('error', () => {});
    sessions.push(session);
    return async function get(path: string, fields: object): Promise<string | undefined> {
      const stream = session.request({ ':path': path, ...fields });
      const [head] = (await once(stream, 'response')) as [IncomingHttpHeaders];
      stream.resume();
      await once(stream, 'close');
      return head.link as string | undefined;
    };
  };
}

it('names in the page of the next browser what the first one loaded', async () => {
  const browser = await started();
  const first = browser();
  expect(await first('/', DOCUMENT)).toBeUndefined();
  await first(SCRIPT_PATH, MODULE);
  await first('/_app/immutable/a.css', STYLE);
  const next = browser();
  expect(await next('/', DOCUMENT)).toBe(`${LINK}, </_app/immutable/a.css>; rel=preload; as=style`);
});

it('forgets the files of a release with the release', async () => {
  const release = { tag: '"v1"' };
  const browser = await started(application(release));
  const first = browser();
  await first('/', DOCUMENT);
  await first(SCRIPT_PATH, MODULE);
  release.tag = '"v2"';
  const next = browser();
  expect(await next('/', DOCUMENT)).toBeUndefined();
});

describe('a page names no file', () => {
  it.each<[string, string, object]>([
    ['is missing', '/_app/immutable/absent.js', MODULE],
    ['may change', '/static/loader.js', MODULE],
    ['is an image', '/_app/immutable/a.png', { 'sec-fetch-dest': 'image', 'sec-fetch-mode': 'no-cors' }],
    ['has a name that ends the link', '/_app/immutable/a>;rel=b.js', MODULE],
    ['has a query', '/_app/immutable/a.js?b', MODULE],
    ['no browser requested', SCRIPT_PATH, {}],
  ])('that %s', async (_, path, fields) => {
    const browser = await started();
    const first = browser();
    await first('/', DOCUMENT);
    await first(path, fields);
    const next = browser();
    expect(await next('/', DOCUMENT)).toBeUndefined();
  });

  it.each<[string, Parameters<typeof started>]>([
    ['if the setting says so', [application(), { preloads: false }]],
    ['behind a proxy', [application(), {}, { trustedPeers: ['loopback'] }]],
    ['if it has no entity tag', [application({})]],
  ])('%s', async (_, parameters) => {
    const browser = await started(...parameters);
    const first = browser();
    await first('/', DOCUMENT);
    await first(SCRIPT_PATH, MODULE);
    const next = browser();
    expect(await next('/', DOCUMENT)).toBeUndefined();
  });
});
