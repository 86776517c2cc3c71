import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { holdWrites, inWriteBatch } from './write-batch.js';

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('a batch of writes', () => {
  it('runs in order, once all that came in has been dealt with', async () => {
    const done: string[] = [];
    for (const name of ['a', 'b', 'c']) inWriteBatch(() => done.push(name));
    await Promise.resolve();
    expect(done).toEqual([]);
    await nextTurn();
    expect(done).toEqual(['a', 'b', 'c']);
  });

  it('goes out before it is large, and the rest in its turn', async () => {
    const done: number[] = [];
    for (let i = 0; i < 130; i++) inWriteBatch(() => done.push(i));
    expect(done).toHaveLength(128);
    await nextTurn();
    expect(done).toEqual([...Array(130).keys()]);
  });

  it('takes what is added while it goes out into the next', async () => {
    const done: string[] = [];
    inWriteBatch(() => {
      done.push('first');
      inWriteBatch(() => done.push('second'));
    });
    await nextTurn();
    expect(done).toEqual(['first']);
    await nextTurn();
    expect(done).toEqual(['first', 'second']);
  });

  it('sends what was written to a socket in the meantime in one piece', async () => {
    const writes: number[] = [];
    const socket = new PassThrough();
    socket._writev = (chunks, done) => {
      writes.push(chunks.length);
      done();
    };
    holdWrites(socket);
    for (const text of ['a', 'b', 'c']) socket.write(text);
    expect(writes).toEqual([]);
    await nextTurn();
    expect(writes).toEqual([3]);
  });

  it('leaves a socket alone that is destroyed meanwhile', async () => {
    const socket = new PassThrough();
    holdWrites(socket);
    socket.write('a');
    socket.destroy();
    await nextTurn();
    expect(socket.read()).toBeNull();
  });
});
