import { describe, expect, it } from 'vitest';
import { ModelPlaces } from './model-places.js';

describe('ModelPlaces', () => {
  it('has so many places for each model, and no more', () => {
    const sut = new ModelPlaces(2);
    expect(['a', 'b', 'c'].map((chat) => sut.take('m', chat))).toEqual([true, true, false]);
    expect(sut.take('other', 'd')).toBe(true);
  });

  it('names who waits in the order of coming, once, when there is a place', () => {
    const sut = new ModelPlaces(1);
    for (const chat of ['a', 'b', 'c', 'b']) sut.take('m', chat);
    expect(sut.next('m')).toBeUndefined();
    sut.leave('m', 'a');
    expect(['b', 'c', 'a', undefined].map(() => sut.next('m'))).toEqual(['b', 'c', 'a', undefined]);
    expect(sut.take('m', 'b')).toBe(true);
  });

  it('remembers a bounded number of those who wait', () => {
    const sut = new ModelPlaces(1);
    for (let n = 0; n <= 1_500; n += 1) sut.take('m', `chat-${n}`);
    sut.leave('m', 'chat-1');
    let count = 0;
    while (sut.next('m') !== undefined) count += 1;
    expect(count).toBe(1_000);
  });
});
