import { describe, expect, it } from 'vitest';
import { Fifo } from './fifo.js';

describe('Fifo', () => {
  it('keeps the order over thousands of turns, items put back included', () => {
    const fifo = new Fifo<number>();
    const taken: number[] = [];
    for (let n = 0; n < 5_000; n += 1) fifo.push(n);
    for (let n = 0; n < 5_000; n += 1) {
      const item = fifo.shift();
      if (item !== undefined && n % 7 === 0) fifo.unshift(item);
      else if (item !== undefined) taken.push(item);
      fifo.push(10_000 + n);
    }
    for (let item = fifo.shift(); item !== undefined; item = fifo.shift()) taken.push(item);
    const expected = [
      ...Array.from({ length: 5_000 }, (_, n) => n),
      ...Array.from({ length: 5_000 }, (_, n) => 10_000 + n),
    ];
    expect(taken).toEqual(expected);
    expect(fifo.size).toBe(0);
  });

  it('puts an item back into a queue that never moved', () => {
    const fifo = new Fifo<string>();
    fifo.push('b');
    fifo.unshift('a');
    expect([fifo.size, fifo.shift(), fifo.shift(), fifo.shift()]).toEqual([2, 'a', 'b', undefined]);
  });
});
