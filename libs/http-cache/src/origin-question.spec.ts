import { beforeEach, describe, expect, it, vi } from 'vitest';
import { OriginQuestion, type Question } from './origin-question.js';
import type { ReadRequest } from './policy/cache-request.js';
import { PurgeWatch } from './purge/purge-watch.js';
import { find, type Found } from './store/answer-lookup.js';
import { MemoryResponseStore } from './store/memory.response-store.js';
import { TieredResponseStore } from './store/tiered.response-store.js';
import { FakeSharedStore } from './testing/fake.shared-store.js';
import { responseOf } from './testing/records.js';
import { requestOf } from './testing/requests.js';

const URL = 'http://chat.example/a';
const NOW = Math.floor(Date.now() / 1000) * 1000; // as exact as Date says
const exchanged = { requestedAt: NOW, answeredAt: NOW };
const FRESH = ['Cache-Control', 'max-age=60', 'ETag', '"1"'];

describe('OriginQuestion', () => {
  let now: number;
  let watch: PurgeWatch;
  let shared: FakeSharedStore;
  let store: TieredResponseStore;
  const onStoring = vi.fn();

  const lookUp = (request: ReadRequest) => find(store, request, () => false) as Found;
  function ask(request = requestOf(), over: Partial<Question> = {}) {
    const question = {
      request,
      found: lookUp(request),
      stored: undefined,
      requestedPart: 'whole' as const,
      watch: watch.begin(URL),
      purgePoint: store.purgePoint(),
      ...over,
    };
    return new OriginQuestion(
      question,
      {
        store,
        observer: {},
        maxBodyBytes: 100,
        unreachableGraceMs: 1_000,
        staleRetentionMs: 5_000,
        forms: [],
        clock: () => now,
      },
      onStoring,
    );
  }
  /** Stores a whole answer. */
  function answered(headers: string[], request = requestOf(), body = 'text') {
    const verdict = ask(request).judge(200, headers, exchanged);
    if (verdict.type === 'store') verdict.keep(Buffer.from(body));
    return verdict;
  }

  beforeEach(() => {
    now = NOW;
    onStoring.mockClear();
    watch = new PurgeWatch();
    shared = new FakeSharedStore();
    store = new TieredResponseStore(
      new MemoryResponseStore({ maxBytes: 100_000, maxEntries: 100, maxVariants: 10, clock: () => now }),
      shared,
      watch,
    );
  });

  it('stores an answer once it is whole, in both stores, and keeps it to be validated', () => {
    const verdict = ask().judge(200, [...FRESH, 'Age', '5', 'Content-Length', '4'], exchanged);
    expect([verdict.type, lookUp(requestOf()).stored, onStoring.mock.calls]).toEqual([
      'store',
      undefined,
      [[URL, true]],
    ]);
    if (verdict.type === 'store') verdict.keep(Buffer.from('text'));
    expect(lookUp(requestOf()).stored).toMatchObject({
      statusCode: 200,
      body: Buffer.from('text'),
      freshUntil: NOW + 55_000,
    });
    expect(shared.puts).toHaveLength(1);
    expect(verdict).toMatchObject({
      headers: ['Cache-Control', 'max-age=60', 'ETag', '"1"', 'Age', '5', 'Content-Length', '4'],
    });
    now = NOW + 59_999;
    expect(lookUp(requestOf()).stored).toBeDefined();
    now = NOW + 60_000; // five seconds after it became stale
    expect(lookUp(requestOf()).stored).toBeUndefined();
  });

  it('keeps nothing that isn’t as long as it said', () => {
    answered([...FRESH, 'Content-Length', '5']);
    expect(lookUp(requestOf()).stored).toBeUndefined();
  });

  it('lets nobody share what is not fresh', () => {
    const verdict = answered(['ETag', '"1"']);
    expect([verdict.type === 'store' && verdict.serves(requestOf()), onStoring.mock.calls]).toEqual([
      false,
      [[URL, false]],
    ]);
  });

  it('stores variants by their Vary, and by that of earlier answers of the URL (RFC 9111 section 4.1)', () => {
    const [html, css] = [requestOf({ accept: 'html' }), requestOf({ accept: 'css' })];
    const verdict = answered([...FRESH, 'Vary', 'Accept'], html, 'html');
    expect(verdict.type === 'store' && [verdict.serves(html), verdict.serves(css)]).toEqual([true, false]);
    expect([lookUp(html).stored?.body.toString(), lookUp(css)]).toMatchObject([
      'html',
      { names: ['accept'], stored: undefined },
    ]);
    answered(FRESH, css, 'css'); // an origin that forgets to say Vary on one of them
    expect([lookUp(html).stored?.body.toString(), lookUp(css).stored?.body.toString()]).toEqual(['html', 'css']);
    answered([...FRESH, 'Vary', 'X'], css, 'both');
    expect(lookUp(css)).toMatchObject({ names: ['accept', 'x'], stored: { body: Buffer.from('both') } });
  });

  it('passes what is not to be stored, and forgets what it was asked to validate', () => {
    answered(FRESH);
    const { stored } = lookUp(requestOf());
    expect(ask(requestOf(), { stored }).judge(200, ['Cache-Control', 'no-store'], exchanged)).toEqual({
      type: 'pass',
      detail: 'no-store',
      isByNature: true,
    });
    expect([lookUp(requestOf()).stored, shared.records.size]).toEqual([undefined, 0]);
    expect(ask().judge(200, [...FRESH, 'Content-Length', '101'], exchanged)).toEqual({
      type: 'pass',
      detail: 'too-large',
      isByNature: true,
    });
  });

  it('keeps what it was asked to validate when the origin fails', () => {
    answered(FRESH);
    const { stored } = lookUp(requestOf());
    now = NOW + 61_000;
    expect(ask(requestOf(), { stored }).judge(500, [], exchanged).type).toBe('pass');
    expect(lookUp(requestOf()).stored).toBe(stored);
  });

  it('renews what a 304 is about (section 4.3.4)', () => {
    answered(FRESH);
    const { stored } = lookUp(requestOf());
    const verdict = ask(requestOf(), { stored }).judge(304, ['Cache-Control', 'max-age=100', 'ETag', '"1"'], exchanged);
    expect(verdict).toMatchObject({
      type: 'stored',
      isRenewed: true,
      isStored: true,
      response: { freshUntil: NOW + 100_000 },
    });
    expect(lookUp(requestOf()).stored).toMatchObject({ freshUntil: NOW + 100_000 });
    expect(
      verdict.type === 'stored' && [verdict.serves(requestOf()), verdict.serves(requestOf({ cookie: 'a' }))],
    ).toEqual([true, false]);
  });

  it.each([
    ['sets a cookie', ['Set-Cookie', 'a'], true],
    ['says private', ['Cache-Control', 'private'], false],
  ])('gives a 304 that %s to its client alone', (_, headers, isLeft) => {
    answered(FRESH);
    const { stored } = lookUp(requestOf());
    const verdict = ask(requestOf(), { stored }).judge(304, headers, exchanged);
    expect(verdict).toMatchObject({
      type: 'stored',
      isStored: false,
      response: { headers: expect.arrayContaining(headers) },
    });
    expect(verdict.type === 'stored' && verdict.serves(requestOf())).toBe(false);
    expect(lookUp(requestOf()).stored).toBe(isLeft ? stored : undefined);
  });

  it('forgets what a 304 is not about', () => {
    answered(FRESH);
    const { stored } = lookUp(requestOf());
    expect(ask(requestOf(), { stored }).judge(304, ['ETag', '"2"'], exchanged)).toEqual({ type: 'void' });
    expect(lookUp(requestOf()).stored).toBeUndefined();
  });

  it('passes a 304 that answers the client’s own condition', () =>
    expect(ask().judge(304, FRESH, exchanged)).toEqual({ type: 'pass', detail: 'status', isByNature: false }));

  it.each([500, 502, 503, 504])(
    'lets a stored answer stand in for %d (RFC 5861 section 4), and for no answer',
    (statusCode) => {
      const stored = responseOf({ staleIfErrorUntil: NOW + 1 });
      expect(ask(requestOf(), { stored }).judge(statusCode, [], exchanged)).toMatchObject({
        type: 'stored',
        response: stored,
        isRenewed: false,
        isStored: false,
      });
      expect([ask(requestOf(), { stored }).staleIfError(), ask().staleIfError()]).toEqual([stored, undefined]);
      expect(ask(requestOf(), { stored }).judge(501, [], exchanged).type).toBe('pass');
      now = stored.freshUntil + 999;
      expect(ask(requestOf(), { stored }).judge(statusCode, [], exchanged).type).toBe('pass');
      expect(ask(requestOf(), { stored }).staleIfError()).toBe(stored); // RFC 9111 section 4.2.4
      now += 1;
      expect(ask(requestOf(), { stored }).staleIfError()).toBeUndefined();
    },
  );

  it('stores nothing that was purged meanwhile, and lets nothing purged stand in', () => {
    const request = requestOf({}, { rule: { scope: 'public', ttlMs: 1_000, tags: ['x'] } });
    const question = ask(request, { stored: responseOf() });
    const verdict = question.judge(200, FRESH, exchanged);
    watch.purge({ type: 'tags', tags: ['x'] });
    if (verdict.type === 'store') verdict.keep(Buffer.from('old'));
    expect([lookUp(request).stored, shared.puts, question.staleIfError()]).toEqual([undefined, [], undefined]);
  });
});
