import { describe, expect, it } from 'vitest';
import { ModelPlaces } from './model-places.js';

describe('ModelPlaces', () => {
  it('has so many places for each model, and no more', () => {
    const sut = new ModelPlaces(2);
    expect(['a', 'b', 'c'].map((chat) => sut.take('m', 'interactive', chat))).toEqual([true, true, false]);
    expect(sut.take('other', 'interactive', 'd')).toBe(true);
  });

  it('names who waits in the order of coming, once, when there is a place', () => {
    const sut = new ModelPlaces(1);
    for (const chat of ['a', 'b', 'c', 'b']) sut.take('m', 'interactive', chat);
    expect(sut.next('m')).toBeUndefined();
    sut.leave('m', 'interactive', 'a');
    expect([1, 2, 3, 4].map(() => sut.next('m'))).toEqual(['b', 'c', 'a', undefined]);
    expect(sut.take('m', 'interactive', 'b')).toBe(true);
  });

  it.each([
    [1, 1],
    [4, 2],
    [5, 2],
  ])('of %i places gives background work %i, and keeps the rest for who waits himself', (limit, share) => {
    const sut = new ModelPlaces(limit);
    const background = Array.from({ length: limit + 1 }, (_, n) => sut.take('m', 'background', `b-${n}`));
    expect(background.filter(Boolean)).toHaveLength(share);
    const interactive = Array.from({ length: limit + 1 }, (_, n) => sut.take('m', 'interactive', `i-${n}`));
    expect(interactive.filter(Boolean)).toHaveLength(limit - share);
  });

  it('names interactive chats before background ones that came first, but not for ever', () => {
    const sut = new ModelPlaces(1);
    sut.take('m', 'interactive', 'first');
    sut.take('m', 'background', 'patient');
    for (let n = 0; n < 20; n += 1) sut.take('m', 'interactive', `chat-${n}`);
    const named: (string | undefined)[] = [];
    for (let holder = 'first'; !named.includes('patient') && named.length < 20; ) {
      sut.leave('m', 'interactive', holder);
      named.push((holder = sut.next('m') ?? ''));
      sut.take('m', 'interactive', holder);
    }
    expect(named).toEqual([...Array.from({ length: 8 }, (_, n) => `chat-${n}`), 'patient']);
  });

  it('remembers a bounded number of those who wait', () => {
    const sut = new ModelPlaces(1);
    for (let n = 0; n <= 1_500; n += 1) sut.take('m', 'interactive', `chat-${n}`);
    sut.leave('m', 'interactive', 'chat-1');
    let count = 0;
    while (sut.next('m') !== undefined) count += 1;
    expect(count).toBe(1_000);
  });
});
