import { beforeEach, describe, expect, it } from 'vitest';
import type { BusListener } from '@slipstream/redis';
import { CacheRules, type CacheRulesOptions, type RuledRequest } from './cache-rules.js';

const token = (id: string) => `e30.${Buffer.from(JSON.stringify({ id })).toString('base64url')}.sig`;
const as = (id: string) => ['Cookie', `token=${token(id)}`];
const KEY = ['Authorization', 'Bearer sk-1'];

/** A bus that every process of a test hears. */
function bus() {
  const listeners = new Map<string, Set<BusListener>>();
  return {
    publish: (topic: string, message: object) => listeners.get(topic)?.forEach((listener) => listener(message)),
    subscribe(topic: string, listener: BusListener) {
      listeners.set(topic, (listeners.get(topic) ?? new Set()).add(listener));
      return () => void listeners.get(topic)?.delete(listener);
    },
  };
}

let purged: string[][];
let now: number;
beforeEach(() => {
  purged = [];
  now = 1_000_000;
});

const rulesOf = (options: Partial<CacheRulesOptions> = {}) =>
  new CacheRules({
    secret: 's',
    tokenCookies: ['token'],
    claim: 'id',
    ignoredCookies: [],
    reads: [],
    writes: [],
    purge: (tags) => void purged.push([...tags]),
    bus: bus(),
    clock: () => now,
    ...options,
  });
const get = (target: string, headers: string[] = []): RuledRequest => ({ method: 'GET', target, headers });
const post = (target: string, headers: string[] = []): RuledRequest => ({ method: 'POST', target, headers });

describe('a read', () => {
  const rules = rulesOf({
    reads: [
      { path: '/i/**', class: 'immutable' },
      { path: '/p/{x}', class: 'public', ttlMs: 7, staleIfErrorMs: 8, tags: ['p:{x}'] },
      { path: '/mine', class: 'private', staleWhileRevalidateMs: 9, tags: ['m:{user}'], unlessParameter: 'refresh' },
      { path: '/never', class: 'never' },
    ],
  });

  it('has what its class means', () => {
    expect(rules.read(get('/i/a.js'))).toMatchObject({
      rule: { scope: 'public', ttlMs: 31_536_000_000, staleWhileRevalidateMs: 0, staleIfErrorMs: 0 },
    });
    expect(rules.read(get('/p/1'))).toMatchObject({
      rule: { scope: 'public', ttlMs: 7, staleWhileRevalidateMs: 0, staleIfErrorMs: 8, tags: ['p:1'] },
    });
    expect(rules.read(get('/never'))).toMatchObject({ rule: { scope: 'never' } });
    expect(rules.read(get('/other')).rule).toBeUndefined();
  });

  it('is private to its credentials, tagged with the user and with everybody', () => {
    expect(rules.read(get('/mine', as('ada')))).toMatchObject({
      rule: {
        scope: 'private',
        ttlMs: 5_000,
        staleWhileRevalidateMs: 9,
        staleIfErrorMs: 0,
        tags: ['user', 'user:ada', 'm', 'm:ada'],
      },
      partition: expect.stringMatching(/^[\w-]{43}$/),
    });
    expect(rules.read(get('/mine', KEY)).rule?.tags).toEqual(['user', 'user:?', 'm', 'm:?']);
  });

  it('is not stored when nobody says who he is, or a new answer is asked for', () => {
    expect(rules.read(get('/mine'))).toEqual({ rule: { scope: 'never' } });
    expect(rules.read(get('/mine?refresh=true', as('ada')))).toEqual({ rule: { scope: 'never' } });
  });

  it.each(['/i/..%2fmine', '/i/../mine', '/i//mine', '/i/%2e%2e/mine', '/i/a;/../mine'])(
    'has no rule for %s, which two readers could understand differently',
    (target) => expect(rules.read(get(target, as('ada')))).toMatchObject({ credentials: { hasOther: true } }),
  );

  it.each(['X-Original-URL', 'x-rewrite-url', 'X-HTTP-Method-Override', 'X-Forwarded-Uri'])(
    'is for nobody else with %s of a trusted peer',
    (name) => {
      const request = get('/i/a.js', [name, '/evil']);
      expect(rules.read({ ...request, isTrusted: true })).toEqual({ rule: { scope: 'never' } });
      expect(rules.read(request).rule?.scope).toBe('public'); // a stranger's never reaches the backend
    },
  );
});

it('another method than GET has no rule, but of paths that are never stored', () => {
  const rules = rulesOf({
    reads: [
      { path: '/mine', class: 'private' },
      { path: '/never/**', class: 'never' },
    ],
  });
  expect([rules.other('/mine'), rules.other('/never/a?b'), rules.other('/never/%61')]).toEqual([
    {},
    { rule: { scope: 'never' } },
    {},
  ]);
});

describe('a write', () => {
  const writes = [
    { path: '/chats/**', drops: ['chats:{user}'] },
    { path: '/chats/{chat}/pin', drops: ['chats:{user}', 'chat:{chat}'] },
    { path: '/chats/tags', drops: [] },
    { path: '/signin', drops: ['user:{user}'] },
    { path: '/signout', methods: ['GET', 'POST'], drops: ['user:{user}'] },
    { path: '/groups/**', drops: ['user'] },
  ];
  const rules = rulesOf({ writes });

  it.each([
    [
      'what its rule says, of this user and of those nobody knows',
      post('/chats/new', as('ada')),
      ['chats:ada', 'chats:?'],
    ],
    ['by a place in the path', post('/chats/42/pin', as('ada')), ['chats:ada', 'chats:?', 'chat:42']],
    ['everything of the user, without a rule', post('/else', as('ada')), ['user:ada', 'user:?']],
    ["everybody's, when nobody knows whose", post('/chats/new', KEY), ['chats']],
    ["everybody's, when the rule says so", post('/groups/1', as('ada')), ['user']],
    ['the same however its path is spelled', post('/ch%61ts//new', as('ada')), ['chats:ada', 'chats:?']],
    ['even by a GET that is one', get('/signout', as('ada')), ['user:ada', 'user:?']],
  ])('drops %s', (_, request, tags) => {
    rules.write(request)?.answered(200, []);
    expect(purged).toEqual([tags]);
  });

  it.each([
    ['a read', get('/chats/1', as('ada'))],
    ['a POST that only reads', post('/chats/tags', as('ada'))],
    ['a POST of nobody, without a rule', post('/else')],
  ])('is not %s', (_, request) => expect(rules.write(request)).toBeUndefined());

  it.each([301, 304, 307, 308, 400, 401, 403, 404, 429, 499])('that was answered %d has changed nothing', (status) => {
    rules.write(post('/chats/new', as('ada')))?.answered(status, []);
    expect(purged).toEqual([]);
  });

  it.each([302, 303, 500, 502, 504])(
    'that was answered %d may have changed something, but nothing of everybody',
    (status) => {
      rules.write(post('/chats/new', as('ada')))?.answered(status, []);
      rules.write(post('/chats/new', KEY))?.answered(status, []);
      expect(purged).toEqual([['chats:ada', 'chats:?'], ['chats:?']]);
    },
  );

  it('that was never answered may have changed something', () => {
    rules.write(post('/chats/new', as('ada')))?.lost();
    expect(purged).toEqual([['chats:ada', 'chats:?']]);
  });

  it('that signs in is of the user whom it lets in', () => {
    rules.write(post('/signin'))?.answered(200, ['Set-Cookie', `token=${token('ada')}; Path=/`]);
    expect(purged).toEqual([['user:ada', 'user:?']]);
  });
});

describe('a hold', () => {
  const options = {
    reads: [
      { path: '/chats', class: 'private' as const, tags: ['chats:{user}'] },
      { path: '/models', class: 'private' as const, tags: ['models'] },
    ],
    writes: [{ path: '/completions', drops: ['chats:{user}'], cooldownTags: ['chats:{user}'], cooldownMs: 120_000 }],
  };
  const isStored = (rules: CacheRules, target: string, headers: string[]) =>
    rules.read(get(target, headers)).rule?.scope === 'private';

  it('begins with the request, for this user only, in every process', () => {
    const shared = bus();
    const [one, two] = [rulesOf({ ...options, bus: shared }), rulesOf({ ...options, bus: shared })] as const;
    one.write(post('/completions', as('ada')));
    for (const rules of [one, two]) {
      expect(isStored(rules, '/chats', as('ada'))).toBe(false);
      expect(isStored(rules, '/chats', as('eve'))).toBe(true);
      expect(isStored(rules, '/models', as('ada'))).toBe(true);
    }
  });

  it('ends after its time', () => {
    const rules = rulesOf(options);
    rules.write(post('/completions', as('ada')));
    now += 119_000;
    expect(isStored(rules, '/chats', as('ada'))).toBe(false);
    now += 2_000;
    expect(isStored(rules, '/chats', as('ada'))).toBe(true);
  });

  it("is everybody's for as long, when announcements may have been missed", () => {
    let missed = () => {};
    const rules = rulesOf({ ...options, onMissed: (listener) => ((missed = listener), () => {}) });
    missed();
    expect([isStored(rules, '/chats', as('eve')), isStored(rules, '/models', as('eve'))]).toEqual([false, true]);
    now += 120_001;
    expect(isStored(rules, '/chats', as('eve'))).toBe(true);
  });

  it('is not believed when a message makes it up', () => {
    const shared = bus();
    const rules = rulesOf({ ...options, bus: shared });
    for (const message of [{}, null, { tag: 1, ms: 1 }, { tag: 'chats:eve', ms: 1e12 }, { tag: 'chats:eve', ms: '5' }])
      shared.publish('http-cache.cooldown', message as object);
    expect(isStored(rules, '/chats', as('eve'))).toBe(true);
  });
});
