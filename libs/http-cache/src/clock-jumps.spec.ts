import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { recordOf } from './testing/records.js';
import { ask } from './testing/ask.js';
import { CachingProxy } from './testing/caching-proxy.js';
import { Origin } from './testing/origin.js';
import { TagCooldowns } from './rules/tag-cooldowns.js';
import { reusabilityOf } from './policy/stored-response.js';
import { responseDirectives } from './policy/response-directives.js';
import { fieldsOf } from './fields/fields.js';
import { silentBus } from '@slipstream/redis';
import { softened } from './store/cache-record.js';

const HOUR = 3_600_000;
const FRESH_MS = 300;

describe.each([
  ['back', -HOUR],
  ['forward', HOUR],
])('a wall clock that is set %s by an hour', (_, jumpMs) => {
  let jumpedMs = 0;
  beforeEach(() => {
    jumpedMs = 0;
    const wall = Date.now.bind(Date);
    vi.spyOn(Date, 'now').mockImplementation(() => wall() + jumpedMs);
  });
  afterEach(() => void vi.restoreAllMocks());

  it('changes nothing about how long an answer in memory is fresh', async () => {
    let original = 0;
    const origin = await Origin.start((_request, response) =>
      response.writeHead(200, { 'Cache-Control': 's-maxage=1' }).end(`answer ${++original}`),
    );
    const proxy = await CachingProxy.before(origin);
    proxy.describe = () => ({ rule: { scope: 'public', ttlMs: FRESH_MS, staleWhileRevalidateMs: 0 } });
    try {
      expect((await ask(`${proxy.url}/a`)).text).toBe('answer 1');
      jumpedMs = jumpMs;
      await vi.waitFor(async () => expect((await ask(`${proxy.url}/a`)).text).toBe('answer 2'), 10_000);
    } finally {
      await proxy.close();
      origin.close();
    }
  });

  it('changes nothing about how long tags are held', async () => {
    const cooldowns = new TagCooldowns(silentBus);
    cooldowns.allow(['chats'], FRESH_MS);
    cooldowns.start('chats:7', FRESH_MS);
    jumpedMs = jumpMs;
    expect(cooldowns.isCooling(['chats:7'])).toBe(true);
    await vi.waitFor(() => expect(cooldowns.isCooling(['chats:7'])).toBe(false), 10_000);
    cooldowns.close();
  });
});

it.each([-HOUR, 0, HOUR])(
  'an answer that was made just now has no age, whatever the wall clock (%i ms) says beside the other',
  (wallAheadMs) => {
    const answeredAt = 1_800_000_000_000;
    const fields = fieldsOf(['Date', new Date(answeredAt + wallAheadMs).toUTCString(), 'Cache-Control', 'max-age=5']);
    const { initialAgeMs, freshUntil } = reusabilityOf(
      { statusCode: 200, fields, directives: responseDirectives(fields) },
      { requestedAt: answeredAt, answeredAt, wallAheadMs },
      undefined,
    );
    expect([initialAgeMs, freshUntil]).toEqual([0, answeredAt + 5_000]);
  },
);

it('a record that is made stale is not fresh', () => {
  const now = Date.now();
  const record = softened(recordOf('http://chat/a', { answeredAt: now + HOUR, freshUntil: now + HOUR + 5_000 }), now);
  expect(record.value.type === 'response' && record.value.response.freshUntil).toBe(now);
});
