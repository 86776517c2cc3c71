import { describe, expect, it } from 'vitest';
import type { Lane } from '@slipstream/contracts';
import type { Claimant } from './claimant.js';
import { FairPlaces } from './fair-places.js';

const claimant = (user: string, group: string, lane: Lane = 'interactive'): Claimant => ({ user, group, lane });

/** How many places a claimant gets when it asks for as many as it can. */
const takenBy = (places: FairPlaces, each: Claimant, asked = 1_000): number =>
  Array.from({ length: asked }, (_, n) => places.take(each, `${each.user} ${each.group} ${n}`)).filter(Boolean).length;

describe('FairPlaces', () => {
  it.each([4, 16, 32, 100])(
    'of %i places a user and a model that take all they can leave some to the next ones',
    (total) => {
      const places = new FairPlaces({ total });
      expect(takenBy(places, claimant('ada', 'slow'))).toBeLessThanOrEqual(total / 2);
      expect(takenBy(places, claimant('bo', 'fast'), 1)).toBe(1);
      for (let n = 0; n < 100; n += 1) takenBy(places, claimant(`user ${n}`, 'slow'), 2);
      expect(takenBy(places, claimant('cy', 'fast'), 1)).toBe(total > 4 ? 1 : 0);
    },
  );

  it('has one place for whoever comes where it is the only one', () => {
    const places = new FairPlaces({ total: 1 });
    expect(takenBy(places, claimant('ada', 'slow'))).toBe(1);
    places.leave(claimant('ada', 'slow'));
    expect(places.next()?.claimant.user).toBe('ada');
  });

  it('keeps to the bound of a group, half of it for background work', () => {
    const places = new FairPlaces({ total: 100, maxPerGroup: 4 });
    expect(takenBy(places, claimant('ada', 'm', 'background'))).toBe(2);
    expect(takenBy(places, claimant('bo', 'm'))).toBe(2);
    expect(takenBy(places, claimant('cy', 'other'))).toBeGreaterThan(1);
  });

  it.each([2, 3])('lends all of %i places to one user, and gives the next one to another who waits', (total) => {
    const places = new FairPlaces({ total, lendsFreePlaces: true });
    const ada = claimant('ada', 'pdf');
    expect(takenBy(places, ada)).toBe(total);
    expect(places.take(claimant('bo', 'pdf'), 'of bo')).toBe(false);
    const order: (string | undefined)[] = [];
    for (let n = 0; n < 2; n += 1) {
      places.leave(ada);
      order.push(places.next()?.claimant.user);
    }
    expect(order).toContain('bo');
  });

  it('keeps background work and groups within their bounds while it lends places', () => {
    const places = new FairPlaces({ total: 4, maxPerGroup: 2, lendsFreePlaces: true });
    expect(takenBy(places, claimant('ada', 'pdf', 'background'))).toBe(1);
    expect(takenBy(places, claimant('ada', 'pdf'))).toBe(1);
    expect(takenBy(places, claimant('ada', 'docx'))).toBe(2);
  });

  it('gives places back round the users, whoever waits longest and however much', () => {
    const places = new FairPlaces({ total: 2, maxPerGroup: 1 });
    const held = claimant('ada', 'm');
    expect(takenBy(places, held, 50)).toBe(1);
    for (const user of ['bo', 'cy']) for (let n = 0; n < 3; n += 1) places.take(claimant(user, 'm'), `${user} ${n}`);
    places.leave(held);
    const order = Array.from({ length: 7 }, () => {
      const next = places.next()!;
      places.leave(next.claimant);
      return next.claimant.user;
    });
    expect(order).toEqual(['ada', 'bo', 'cy', 'ada', 'bo', 'cy', 'ada']);
  });

  it('takes interactive work first, and one of nine from the background', () => {
    const places = new FairPlaces({ total: 1 });
    const held = claimant('ada', 'm');
    places.take(held, 'running');
    for (let n = 0; n < 20; n += 1)
      for (const lane of ['background', 'interactive'] as const)
        places.take(claimant('ada', 'm', lane), `${lane} ${n}`);
    places.leave(held);
    const lanes = Array.from({ length: 18 }, () => {
      const next = places.next()!;
      places.leave(next.claimant);
      return next.claimant.lane;
    });
    expect(lanes.flatMap((lane, index) => (lane === 'background' ? [index] : []))).toEqual([8, 17]);
  });

  it('remembers a bounded number that waits, and the flood of one user drives nobody else out', () => {
    const places = new FairPlaces({ total: 1 });
    places.take(claimant('held', 'm'), 'held');
    places.take(claimant('bo', 'm'), 'bo');
    takenBy(places, claimant('ada', 'm'), 5_000);
    places.leave(claimant('held', 'm'));
    const users: string[] = [];
    for (let next = places.next(); next; next = places.next()) {
      users.push(next.claimant.user);
      places.leave(next.claimant);
    }
    expect(users).toHaveLength(1_000);
    expect(users).toContain('bo');
  });
});
