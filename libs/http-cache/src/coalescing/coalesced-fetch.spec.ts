import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { CacheOutcome } from '../cache-observer.port.js';
import { responseOf } from '../testing/records.js';
import { requestOf } from '../testing/requests.js';
import { FakeWaiting } from '../testing/waiting.js';
import { BodyBudget } from './body-budget.js';
import { CoalescedFetch } from './coalesced-fetch.js';
import type { CoalescedFetchPorts } from './coalesced-fetch.ports.js';
import { FlowingBody } from './flowing-body.js';
import { HeldBodies } from './held-bodies.js';
import type { Verdict } from './verdict.js';

const NOW = Date.UTC(2026, 10, 21);

describe('CoalescedFetch', () => {
  let verdict: Verdict;
  let staleIfError: CoalescedFetchPorts['staleIfError'];
  const kept: string[] = [];
  const outcomes: CacheOutcome[] = [];
  const onClosed = vi.fn();
  const onLate = vi.fn();
  const onUnshareable = vi.fn();
  const onGone = vi.fn();
  const onWritable = vi.fn();
  const leader = () => new FakeWaiting();
  const serves = () => true;
  const store = (over: Partial<Verdict & { type: 'store' }> = {}): Verdict => ({
    type: 'store',
    varyBy: [],
    headers: ['ETag', '"1"', 'Age', '0'],
    serves,
    keep: (body) => kept.push(body.toString()),
    ...over,
  });

  function fetchOf(over: Partial<CoalescedFetchPorts> = {}): CoalescedFetch {
    const budget = new BodyBudget(1_000_000);
    const held = new HeldBodies(budget);
    const ports: CoalescedFetchPorts = {
      reason: 'uri-miss',
      headers: ['Accept', 'a'],
      isBackground: false,
      isShared: true,
      isPersonal: false,
      stallMs: 1_000,
      avoid: [],
      coalesceWaitMs: 1_000,
      isKnown: true,
      lateStaleIfError: () => undefined,
      onLate,
      onStored: () => {},
      judge: () => verdict,
      staleIfError: () => staleIfError(),
      isCurrent: () => true,
      onClosed,
      onUnshareable,
      onAnswered: (outcome) => outcomes.push(outcome),
      newBody: () => new FlowingBody({ maxBytes: 10, budget, held }),
      held,
      clock: () => NOW,
      ...over,
    };
    return Object.assign(new CoalescedFetch(ports), { onGone, onWritable });
  }

  beforeEach(() => {
    vi.clearAllMocks();
    kept.length = outcomes.length = 0;
    verdict = store();
    staleIfError = () => undefined;
  });

  it('streams to all, tells who asked from who joined, and keeps the whole', async () => {
    const fetch = fetchOf();
    const [first, second, late] = [leader(), leader(), leader()];
    fetch.lead(first);
    fetch.join(second);
    fetch.begin(200, ['ETag', '"1"', 'Set-Me', 'own']);
    fetch.write(Buffer.from('ab'));
    expect(fetch.isOpenTo(late.request)).toBe(true);
    fetch.join(late);
    expect(fetch.write(Buffer.from('cd'))).toBe(true);
    fetch.end();
    await Promise.all([first, second, late].map(({ response }) => response.ended));
    expect([first, second, late].map(({ response }) => response.text)).toEqual(Array(3).fill('abcd'));
    expect(first.response.headers.slice(0, 4)).toEqual(['ETag', '"1"', 'Set-Me', 'own']);
    expect(second.response.headers.slice(0, 4)).toEqual(['ETag', '"1"', 'Age', '0']);
    expect([first.response.cacheStatus, late.response.cacheStatus]).toEqual([
      'slipstream; fwd=uri-miss; fwd-status=200; stored',
      'slipstream; fwd=uri-miss; fwd-status=200; stored; collapsed',
    ]);
    expect([kept, outcomes, onClosed.mock.calls.length, fetch.isOpenTo(late.request)]).toEqual([
      ['abcd'],
      ['miss', 'collapsed', 'collapsed'],
      1,
      false,
    ]);
  });

  it('sends a head soon, when the body takes its time', async () => {
    const first = leader();
    const fetch = fetchOf();
    fetch.lead(first);
    fetch.begin(200, []);
    await new Promise(setImmediate);
    expect(first.response.isFlushed).toBe(true);
  });

  it('answers 304 to who holds it already, and the body to the others', () => {
    const fetch = fetchOf();
    const [knows, joins] = [
      new FakeWaiting(requestOf({ 'if-none-match': '"1"' })),
      new FakeWaiting(requestOf({ 'if-none-match': '"2"' })),
    ];
    fetch.lead(knows);
    fetch.join(joins);
    fetch.begin(200, ['ETag', '"1"']);
    fetch.write(Buffer.from('ab'));
    fetch.end();
    expect([
      knows.response.statusCode,
      knows.response.text,
      joins.response.statusCode,
      joins.response.text,
      kept,
    ]).toEqual([304, '', 200, 'ab', ['ab']]);
  });

  it('lets those look again whom the answer is not for', () => {
    verdict = store({ serves: ({ fields }) => fields.has('x') });
    const fetch = fetchOf();
    const [first, other] = [leader(), leader()];
    fetch.lead(first);
    fetch.join(other);
    fetch.begin(200, []);
    expect([other.told, first.told, fetch.isOpenTo(requestOf()), fetch.isOpenTo(requestOf({ x: '1' }))]).toEqual([
      ['retry'],
      ['head 200 shared'],
      false,
      true,
    ]);
  });

  it('gives to its leader alone what is for nobody else', () => {
    verdict = { type: 'pass', detail: 'set-cookie', isByNature: true };
    const fetch = fetchOf();
    const [first, other] = [leader(), leader()];
    fetch.lead(first);
    fetch.join(other);
    fetch.begin(200, ['Set-Cookie', 'a']);
    fetch.write(Buffer.from('ab'));
    fetch.end();
    expect([first.told, first.response.text, first.response.cacheStatus, other.told, kept, outcomes]).toEqual([
      ['head 200', 'done'],
      'ab',
      'slipstream; fwd=uri-miss; fwd-status=200; detail=set-cookie',
      ['retry alone'],
      [],
      ['unstored'],
    ]);
    expect(onUnshareable).toHaveBeenCalledOnce();
  });

  it('does not take a URL for unshareable by an answer that says nothing of the next one', () => {
    verdict = { type: 'pass', detail: 'no-freshness', isByNature: false };
    const fetch = fetchOf();
    const [first, other] = [leader(), leader()];
    fetch.lead(first);
    fetch.join(other);
    fetch.begin(500, []);
    expect([onUnshareable.mock.calls.length, other.told, first.response.statusCode]).toEqual([0, ['retry alone'], 500]);
  });

  it('is abandoned when what is for its leader alone comes after that one has left', () => {
    verdict = { type: 'pass', detail: 'private', isByNature: true };
    const fetch = fetchOf();
    const [first, other] = [leader(), leader()];
    fetch.lead(first);
    fetch.join(other);
    first.response.destroy();
    expect(onGone).not.toHaveBeenCalled(); // somebody still waits
    fetch.begin(200, []);
    expect([onGone.mock.calls.length, other.told, other.response.statusCode]).toEqual([1, ['retry alone'], undefined]);
  });

  it('answers all from the store when that was renewed, and those look again whom it doesn’t serve', () => {
    verdict = {
      type: 'stored',
      response: responseOf(),
      isRenewed: true,
      isStored: true,
      serves: ({ fields }) => !fields.has('x'),
    };
    const fetch = fetchOf({ reason: 'stale' });
    const [first, second, third] = [
      new FakeWaiting(requestOf({ x: '1' })),
      leader(),
      new FakeWaiting(requestOf({ x: '1' })),
    ];
    fetch.lead(first);
    fetch.join(second);
    fetch.join(third);
    fetch.begin(304, []);
    expect([first.response.text, second.response.text, third.told, first.response.cacheStatus]).toEqual([
      'text',
      'text',
      ['retry'],
      'slipstream; fwd=stale; fwd-status=304; stored',
    ]);
    expect([outcomes, fetch.write(Buffer.from('rest'))]).toEqual([['revalidated', 'collapsed'], true]);
  });

  it('lets all look again when the answer answers nothing', () => {
    verdict = { type: 'void' };
    const fetch = fetchOf();
    const first = leader();
    fetch.lead(first);
    fetch.begin(304, []);
    expect(first.told).toEqual(['retry']);
  });

  it('tells all of a failure before the head, or gives what stands in', () => {
    const [failing, standing] = [fetchOf(), fetchOf({ reason: 'stale' })];
    const [one, two] = [leader(), leader()];
    failing.lead(one);
    failing.refuse('away');
    staleIfError = () => responseOf();
    standing.lead(two);
    standing.refuse('away');
    expect([one.told, two.response.text, two.response.cacheStatus, outcomes]).toEqual([
      ['failed: away'],
      'text',
      'slipstream; fwd=stale',
      ['stale'],
    ]);
  });

  it('breaks all off when the answer breaks off, and keeps nothing', () => {
    const fetch = fetchOf();
    const [first, second] = [leader(), leader()];
    fetch.lead(first);
    fetch.join(second);
    fetch.begin(200, []);
    fetch.write(Buffer.from('ab'));
    fetch.refuse('broken');
    fetch.end();
    expect([first.response.destroyed, second.response.destroyed, first.told, kept]).toEqual([
      true,
      true,
      ['head 200 shared', 'done'],
      [],
    ]);
  });

  it('passes on what grows too large to be kept, no faster than the slowest takes it', async () => {
    const fetch = fetchOf();
    const [fast, slow] = [leader(), leader()];
    fetch.lead(fast);
    fetch.join(slow);
    fetch.begin(200, []);
    slow.response.isSlow = true;
    expect(fetch.write(Buffer.alloc(10, 'a'))).toBe(true); // what is kept waits for nobody
    expect(fetch.write(Buffer.alloc(100_000, 'b'))).toBe(false);
    await new Promise(setImmediate); // the fast one takes all of it
    expect([
      fetch.isOpenTo(requestOf()),
      fast.response.text.length,
      slow.response.text.length,
      onWritable.mock.calls.length,
    ]).toEqual([false, 100_010, 65_536, 0]);
    slow.response.drain();
    expect(onWritable).toHaveBeenCalledOnce();
    fetch.end();
    const whole = 'a'.repeat(10) + 'b'.repeat(100_000);
    expect([fast.response.text === whole, slow.response.text === whole, kept]).toEqual([true, true, []]);
  });

  it('ends when all have left, unless it renews what is stored', () => {
    const [foreground, background] = [fetchOf(), fetchOf({ isBackground: true })];
    const [one, two] = [leader(), leader()];
    foreground.lead(one);
    one.response.destroy();
    background.join(two);
    two.response.destroy();
    expect(onGone).toHaveBeenCalledOnce();
    background.begin(200, []);
    background.write(Buffer.from('ab'));
    background.end();
    expect(kept).toEqual(['ab']);
  });

  it('ends when it renews what is stored and can’t be kept', () => {
    const fetch = fetchOf({ isBackground: true });
    fetch.begin(200, []);
    fetch.write(Buffer.alloc(11));
    expect(onGone).toHaveBeenCalledOnce();
  });

  it('is open to nobody when it is its leader’s own, until its answer is for all', () => {
    const fetch = fetchOf({ isShared: false });
    fetch.lead(leader());
    expect(fetch.isOpenTo(requestOf())).toBe(false);
    fetch.begin(200, []);
    expect(fetch.isOpenTo(requestOf())).toBe(true);
  });

  it('is open to nobody after a purge', () =>
    expect(fetchOf({ isCurrent: () => false }).isOpenTo(requestOf())).toBe(false));
});
