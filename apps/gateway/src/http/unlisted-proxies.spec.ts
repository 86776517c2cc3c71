import { afterEach, expect, it, vi } from 'vitest';
import { LocalListeners, exchange } from './testing/local-listeners.js';
import type { RequestHandler } from './listener-options.js';
import { unlistedProxies } from './unlisted-proxies.js';

const local = new LocalListeners();
afterEach(() => local.close());

const say: RequestHandler = (_, response) => void response.end('ok');
const newLogger = () => ({ isLevelEnabled: () => false, debug: vi.fn(), info: vi.fn(), warn: vi.fn() });
const forwarded = { 'x-forwarded-for': '203.0.113.7' };

it('warns once of a peer that sends X-Forwarded-For without being trusted, and names the setting', async () => {
  const logger = newLogger();
  const { port } = await local.start(say, { logger: logger as never });
  for (let n = 0; n < 2; n++)
    await exchange(port, 'GET / HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: b\r\nConnection: close\r\n\r\n');
  expect(logger.warn).toHaveBeenCalledExactlyOnceWith(
    { peer: '127.0.0.1' },
    expect.stringMatching(/^127\.0\.0\.1 sends X-Forwarded-For .* TRUSTED_PEERS \(listen\.trustedPeers\)$/) as string,
  );
});

it('does not warn of a trusted peer, nor of one that sends nothing', async () => {
  const logger = newLogger();
  const { url } = await local.start(say, { logger: logger as never });
  await (await fetch(url)).text();
  const trusting = await local.start(say, { logger: logger as never, trustedPeers: ['loopback'] });
  await (await fetch(trusting.url, { headers: forwarded })).text();
  expect(logger.warn).not.toHaveBeenCalled();
});

it('names ten peers at most, for any client can send the field', () => {
  const warn = vi.fn();
  const onUnlisted = unlistedProxies({ warn });
  for (let n = 0; n < 100; n++) onUnlisted(`10.0.0.${n}`);
  expect(warn).toHaveBeenCalledTimes(10);
});
