import { beforeEach, describe, expect, it, vi } from 'vitest';
import { BodyBudget } from './coalescing/body-budget.js';
import { HeldBodies } from './coalescing/held-bodies.js';
import type { OriginFetch } from './coalescing/origin-fetch.port.js';
import { OriginFetches } from './origin-fetches.js';
import type { ReadRequest } from './policy/cache-request.js';
import { PurgeWatch } from './purge/purge-watch.js';
import { withDefaults } from './response-cache.options.js';
import { find, type Found } from './store/answer-lookup.js';
import { MemoryResponseStore } from './store/memory.response-store.js';
import { TieredResponseStore } from './store/tiered.response-store.js';
import { responseOf } from './testing/records.js';
import { requestOf } from './testing/requests.js';
import { FakeWaiting } from './testing/waiting.js';

describe('OriginFetches', () => {
  let store: TieredResponseStore;
  let fetches: OriginFetches;
  let begun: OriginFetch[];
  const revalidating = vi.fn();

  beforeEach(() => {
    const options = withDefaults({ observer: { revalidating } });
    const watch = new PurgeWatch();
    revalidating.mockClear();
    begun = [];
    store = new TieredResponseStore(new MemoryResponseStore(options), undefined, watch);
    const budget = new BodyBudget(options.maxBufferedBytes);
    fetches = new OriginFetches(
      store,
      watch,
      { maxBytes: options.maxBodyBytes, budget, held: new HeldBodies(budget) },
      options,
    );
  });

  const lookUp = (request: ReadRequest) => find(store, request, () => false) as Found;
  function waitingFor(request: ReadRequest): FakeWaiting {
    const waiting = new FakeWaiting(request);
    waiting.client.fetch = (fetch) => void begun.push(fetch);
    return waiting;
  }
  function fetch(request = requestOf(), over: Partial<Found> = {}): FakeWaiting {
    const waiting = waitingFor(request);
    fetches.fetch(waiting, { ...lookUp(request), ...over }, 'uri-miss');
    return waiting;
  }
  function answer(fetched: OriginFetch | undefined, headers = ['Cache-Control', 'max-age=60'], statusCode = 200): void {
    fetched?.begin(statusCode, headers, false);
    fetched?.write(Buffer.from('text'));
    fetched?.end();
  }

  it('asks once for all who may share, without their conditions', () => {
    const all = [fetch(requestOf({ 'if-none-match': '"1"', accept: 'a' })), fetch()];
    expect([begun.length, begun[0]?.headers, begun[0]?.isBackground, fetches.usage.coalescedFetches]).toEqual([
      1,
      ['accept', 'a'],
      false,
      1,
    ]);
    answer(begun[0]);
    expect(all.map(({ response }) => response.text)).toEqual(['text', 'text']);
    expect([lookUp(requestOf()).stored?.statusCode, fetches.usage]).toEqual([
      200,
      { coalescedFetches: 0, bufferedBytes: 0 },
    ]);
  });

  it.each([
    ['credentials', { cookie: 'a' }],
    ['a range', { range: 'bytes=0-1' }],
    ['no-store', { 'cache-control': 'no-store' }],
  ])('asks for who sends %s alone, with all that it sends', (_, headers: Record<string, string>) => {
    const sent = { ...headers, 'if-none-match': '"1"' };
    fetch(requestOf(sent));
    fetch(requestOf(sent));
    fetch();
    expect(begun.map((each) => each.headers)).toEqual([Object.entries(sent).flat(), Object.entries(sent).flat(), []]);
  });

  it('lets nobody who wants the origin asked wait for what was asked before', () => {
    fetch();
    fetch(requestOf({ 'cache-control': 'no-cache' }));
    fetch();
    expect(begun).toHaveLength(2);
  });

  it('tells its client of a fetch that can’t even begin', () => {
    const waiting = waitingFor(requestOf());
    waiting.client.fetch = () => {
      throw new Error('no backend');
    };
    fetches.fetch(waiting, lookUp(waiting.request), 'uri-miss');
    expect([waiting.told, fetches.usage.coalescedFetches]).toEqual([['failed: Error: no backend'], 0]);
  });

  it('lets those join an answer to credentials that turns out to be for all', () => {
    fetch(requestOf({ cookie: 'a' }));
    begun[0]?.begin(200, ['Cache-Control', 'public, max-age=60'], false);
    const late = fetch();
    answer(begun[0]);
    expect([begun.length, late.response.text]).toEqual([1, 'text']);
  });

  it('validates what is stored, if it is for this client (RFC 9111 section 4.3.1)', () => {
    const stored = responseOf({ allowsCookie: true });
    fetch(requestOf({ cookie: 'a', 'if-none-match': '"client"' }), { stored });
    fetch(requestOf({ cookie: 'b' }), { stored });
    fetch(requestOf({ cookie: 'c' }), { stored: responseOf({ allowsCookie: false }) });
    expect(begun.map(({ headers }) => headers)).toEqual([
      ['cookie', 'a', 'If-None-Match', '"1"'],
      ['cookie', 'c'],
    ]);
  });

  it('lets nobody wait, for a while, for what was for one client only', () => {
    const [one, two] = [fetch(), fetch()];
    answer(begun[0], ['Set-Cookie', 'a']);
    expect([one.response.text, two.told, fetches.isUnshareable(lookUp(requestOf()).key, requestOf())]).toEqual([
      'text',
      ['retry alone'],
      true,
    ]);
    const conditional = requestOf({ 'if-none-match': '"1"' });
    fetch(conditional);
    fetch(conditional);
    expect([begun.length, begun[1]?.headers]).toEqual([3, ['if-none-match', '"1"']]);
    answer(begun[1]);
    expect(fetches.isUnshareable(lookUp(requestOf()).key, requestOf())).toBe(false);
  });

  it('is told by an answer to credentials what those can’t share, and nothing of others', () => {
    fetch(requestOf({ cookie: 'a' }));
    answer(begun[0]);
    expect(
      ['a', undefined].map((cookie) =>
        fetches.isUnshareable(lookUp(requestOf()).key, requestOf(cookie ? { cookie } : {})),
      ),
    ).toEqual([true, false]);
  });

  it.each([
    ['range', 'bytes=0-1'],
    ['cache-control', 'no-store'],
  ])('is told nothing of others by an answer to %s', (name, value) => {
    fetch(requestOf({ [name]: value }));
    answer(begun[0], []);
    expect(fetches.isUnshareable(lookUp(requestOf()).key, requestOf())).toBe(false);
  });

  it('lets nobody join what was asked before a purge', () => {
    fetch();
    store.purgeMemory({ scope: { type: 'everything' }, isSoft: false });
    fetch();
    expect(begun).toHaveLength(2);
  });

  it('renews what is stored behind its clients, one fetch at a time', () => {
    const request = requestOf();
    const found = { ...lookUp(request), stored: responseOf() };
    for (let i = 0; i < 2; i++) fetches.revalidate(waitingFor(request), found);
    expect([begun.length, begun[0]?.isBackground, begun[0]?.headers, revalidating.mock.calls.length]).toEqual([
      1,
      true,
      ['If-None-Match', '"1"'],
      1,
    ]);
    answer(begun[0], ['Cache-Control', 'max-age=60'], 304);
    expect(lookUp(request).stored?.body.toString()).toBe('text');
    fetches.revalidate(waitingFor(request), found);
    begun[1]?.refuse('away');
    expect([lookUp(request).stored !== undefined, fetches.usage.coalescedFetches]).toEqual([true, 0]);
  });

  it('lets each variant be fetched once, as soon as it is known what varies', () => {
    const [html, css, more] = [
      fetch(requestOf({ accept: 'html' })),
      fetch(requestOf({ accept: 'css' })),
      requestOf({ accept: 'html' }),
    ];
    begun[0]?.begin(200, ['Cache-Control', 'max-age=60', 'Vary', 'Accept'], false);
    expect(css.told).toEqual(['retry']);
    for (const accept of ['css', 'css']) fetch(requestOf({ accept }));
    const late = fetch(more);
    expect(begun).toHaveLength(2);
    answer(begun[0]);
    expect([html.response.text, late.response.text]).toEqual(['text', 'text']);
  });
});
