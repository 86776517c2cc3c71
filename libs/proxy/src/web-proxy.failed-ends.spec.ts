import { CacheRules, ResponseCache } from '@slipstream/http-cache';
import { silentBus } from '@slipstream/redis';
import { afterEach, expect, it, vi } from 'vitest';
import { LocalServers } from './testing/local-servers.js';

const local = new LocalServers();
afterEach(() => local.close());

const isBrokenOff = (url: string): Promise<boolean> =>
  fetch(url, { headers: { 'accept-encoding': 'br' } })
    .then((answer) => answer.text())
    .then(
      () => false,
      () => true,
    );

it('an error while an answer is stored ends its client only, is logged and counted', async () => {
  const failure = new Error('of the improver');
  const improve = vi.fn(() => {
    throw failure;
  });
  const rules = new CacheRules({
    reads: [{ path: '/**', class: 'public' }],
    writes: [],
    purge: () => {},
    bus: silentBus,
    secret: 's',
    tokenCookies: [],
    claim: 'id',
    ignoredCookies: [],
  });
  const logger = { info: vi.fn(), warn: vi.fn() };
  const onUncaughtError = vi.fn();
  const backend = await local.http(
    (req, res) => void res.writeHead(200, { vary: 'accept-encoding' }).write('part', () => res.end(req.url)),
  );
  const { url, balancer } = await local.gateway([backend], {
    caching: { cache: new ResponseCache({ improver: { improve } }), rules },
    logger,
    onUncaughtError,
  });
  for (const path of ['/a', '/b']) expect(await isBrokenOff(url + path)).toBe(true);
  expect(improve).toHaveBeenCalledTimes(2);
  expect(onUncaughtError).toHaveBeenCalledTimes(2);
  expect(logger.warn).toHaveBeenCalledWith(
    expect.objectContaining({ err: failure }),
    expect.stringContaining('report'),
  );
  expect(balancer.backends()[0]).toMatchObject({ own: { requests: 0 } });
});
