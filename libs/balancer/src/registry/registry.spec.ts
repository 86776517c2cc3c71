import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { BackendOptions } from '../backend.js';
import { applyOverlay, type BackendOverride } from './backend-overlay.js';
import { BackendRegistry } from './backend-registry.js';
import { parseBackendUrl } from './backend-url.js';
import { systemResolver } from './system-resolver.js';

describe('a backend URL', () => {
  it.each([
    ['http://a', 'none', 'http://a'],
    ['HTTP://A:80/', 'none', 'http://a'],
    ['https://a:8443', 'none', 'https://a:8443'],
    ['http://[::1]:8080', 'none', 'http://[::1]:8080'],
    ['dns+http://pods:8080', 'addresses', 'dns+http://pods:8080'],
    ['DNS+https://pods', 'addresses', 'dns+https://pods'],
    ['srv+http://_http._tcp.pods', 'services', 'srv+http://_http._tcp.pods'],
  ])('%s means %s', (text, discovery, url) => {
    expect(parseBackendUrl(text)).toMatchObject({ discovery, url });
  });

  it.each([
    '',
    'a',
    'ftp://a',
    'file:///etc/passwd',
    'http://',
    'http://a/b',
    'http://a?x',
    'http://a#x',
    'http://u:p@a',
    'srv+http://a:81',
    'dns+dns+http://a',
    'http://a b',
    'javascript:alert(1)',
    'http://a:0',
  ])('%j is none', (text) => {
    expect(() => parseBackendUrl(text)).toThrow(expect.objectContaining({ code: 'invalid_backend_url' }));
  });

  it.each(['http://u:secret@a', 'htp://u:secret@a', 'dns+ftp://u:secret@a/b', 'http://u:secret@a b'])(
    '%j is refused without its credentials being told',
    (text) => {
      expect(() => parseBackendUrl(text)).toThrow(
        expect.not.objectContaining({ message: expect.stringContaining('secret') }),
      );
    },
  );
});

it.each<[string, BackendOverride[], BackendOptions[]]>([
  ['nothing', [], [{ url: 'a', weight: 2 }, { url: 'b' }]],
  ['a weight', [{ url: 'a', weight: 5 }], [{ url: 'a', weight: 5 }, { url: 'b' }]],
  [
    'a drain',
    [{ url: 'b', isDraining: true }],
    [
      { url: 'a', weight: 2 },
      { url: 'b', isDraining: true },
    ],
  ],
  ['a removal', [{ url: 'a', isRemoved: true }], [{ url: 'b' }]],
  [
    'an addition',
    [{ url: 'c', isAdded: true, priority: 1 }],
    [{ url: 'a', weight: 2 }, { url: 'b' }, { url: 'c', priority: 1 }],
  ],
  [
    'an addition of what the configuration has by now',
    [{ url: 'b', isAdded: true, weight: 3 }],
    [
      { url: 'a', weight: 2 },
      { url: 'b', weight: 3 },
    ],
  ],
  ['a change of what is no more', [{ url: 'z', weight: 3 }], [{ url: 'a', weight: 2 }, { url: 'b' }]],
])('an overlay with %s', (_, overlay, expected) => {
  expect(JSON.parse(JSON.stringify(applyOverlay([{ url: 'a', weight: 2 }, { url: 'b' }], overlay)))).toEqual(expected);
});

describe('the registry', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());
  const settle = () => vi.advanceTimersByTimeAsync(0);

  function newRegistry(...configured: BackendOptions[]) {
    const resolver = { addresses: vi.fn(async (_name: string): Promise<string[]> => ['10.0.0.1']), services: vi.fn() };
    const logger = { info: vi.fn(), warn: vi.fn() };
    const published: (readonly BackendOptions[])[] = [];
    const sut = new BackendRegistry({
      configured,
      resolver,
      logger,
      onChange: (backends) => void published.push(backends),
    });
    const urls = () => published.at(-1)?.map(({ url }) => url);
    return { sut, resolver, logger, published, urls };
  }

  it('tells every address of a name as a backend that is known by the name', async () => {
    const { sut, resolver, published } = newRegistry(
      { url: 'http://plain' },
      { url: 'dns+https://pods:8443', weight: 3, priority: 1 },
    );
    resolver.addresses.mockResolvedValue(['10.0.0.2', '::1', '10.0.0.1', '10.0.0.1']);
    sut.start();
    expect(published).toEqual([[{ url: 'http://plain' }]]);
    await settle();
    const pod = { weight: 3, priority: 1, serverName: 'pods' };
    expect(published.at(-1)).toEqual([
      { url: 'http://plain' },
      ...['https://10.0.0.1:8443', 'https://10.0.0.2:8443', 'https://[::1]:8443'].map((url) => ({ url, ...pod })),
    ]);
    sut.close();
  });

  it('tells SRV records with their port, weight and priority', async () => {
    const { sut, resolver, published } = newRegistry({ url: 'srv+http://_http._tcp.pods', weight: 2 });
    resolver.services.mockResolvedValue([
      { name: 'b.pods.', port: 8080, priority: 20, weight: 0 },
      { name: 'a.pods', port: 80, priority: 10, weight: 5 },
    ]);
    sut.start();
    await settle();
    expect(published.at(-1)).toEqual([
      { url: 'http://a.pods', weight: 10, priority: 0 },
      { url: 'http://b.pods:8080', weight: 2, priority: 10 },
    ]);
    sut.close();
  });

  it('asks again, tells what changed, and says nothing when nothing did', async () => {
    const { sut, resolver, published, urls } = newRegistry({ url: 'dns+http://pods' });
    sut.start();
    await settle();
    await vi.advanceTimersByTimeAsync(5_000);
    expect([resolver.addresses.mock.calls.length, published.length]).toEqual([2, 2]);
    resolver.addresses.mockResolvedValue(['10.0.0.1', '10.0.0.2']);
    await vi.advanceTimersByTimeAsync(5_000);
    expect(urls()).toEqual(['http://10.0.0.1', 'http://10.0.0.2']);
    sut.close();
  });

  it.each([
    ['fails', () => Promise.reject(new Error('ENOTFOUND'))],
    ['finds nothing', () => Promise.resolve([])],
  ])('keeps the last good answer while the name service %s, complains once, and recovers', async (_, answer) => {
    const { sut, resolver, logger, urls } = newRegistry({ url: 'dns+http://pods' });
    sut.start();
    await settle();
    resolver.addresses.mockImplementation(answer);
    await vi.advanceTimersByTimeAsync(20_000);
    expect([urls(), logger.warn.mock.calls.length]).toEqual([['http://10.0.0.1'], 1]);
    resolver.addresses.mockResolvedValue(['10.0.0.9']);
    await vi.advanceTimersByTimeAsync(5_000);
    expect(urls()).toEqual(['http://10.0.0.9']);
    sut.close();
  });

  it('lays changes over names and over what they stand for', async () => {
    const { sut, resolver, published, urls } = newRegistry({ url: 'dns+http://pods' });
    resolver.addresses.mockResolvedValue(['10.0.0.1', '10.0.0.2']);
    sut.start();
    await settle();
    sut.setOverlay([
      { url: 'http://10.0.0.2', isDraining: true },
      { url: 'http://new', isAdded: true },
      { url: 'dns+http://pods', weight: 7 },
    ]);
    await settle();
    expect(published.at(-1)).toMatchObject([
      { url: 'http://new' },
      { url: 'http://10.0.0.1', weight: 7 },
      { url: 'http://10.0.0.2', weight: 7, isDraining: true },
    ]);
    sut.setOverlay([{ url: 'dns+http://pods', isRemoved: true }]);
    expect(urls()).toEqual([]);
    const asked = resolver.addresses.mock.calls.length;
    await vi.advanceTimersByTimeAsync(60_000);
    expect(resolver.addresses.mock.calls.length).toBe(asked);
    sut.close();
  });

  it('asks in one loop per name, however often its entry changes', async () => {
    const { sut, resolver } = newRegistry({ url: 'dns+http://pods' });
    sut.start();
    for (let weight = 1; weight < 5; weight++) sut.setOverlay([{ url: 'dns+http://pods', weight }]);
    await settle();
    resolver.addresses.mockClear();
    await vi.advanceTimersByTimeAsync(5_000);
    expect(resolver.addresses).toHaveBeenCalledOnce();
    sut.close();
    expect(vi.getTimerCount()).toBe(0);
  });

  it('refuses a bad URL whole', () => {
    expect(() => newRegistry({ url: 'ftp://a' })).toThrow(expect.objectContaining({ code: 'invalid_backend_url' }));
    const { sut, urls } = newRegistry({ url: 'http://a' });
    sut.start();
    expect(() => sut.setOverlay([{ url: 'http://b', isAdded: true }, { url: 'nonsense' }])).toThrow();
    expect(urls()).toEqual(['http://a']);
  });

  it('tells one backend once, whoever names it', async () => {
    const { sut, urls } = newRegistry({ url: 'http://10.0.0.1', weight: 9 }, { url: 'dns+http://pods' });
    sut.start();
    await settle();
    expect(urls()).toEqual(['http://10.0.0.1']);
    sut.close();
  });
});

it('the system resolver knows this machine', async () => {
  expect(await systemResolver.addresses('localhost')).toContain('127.0.0.1');
  await expect(systemResolver.addresses('does-not-exist.invalid')).rejects.toThrow();
});
