import { describe, expect, it } from 'vitest';
import { allFamilies, declarationsOf, familyOf, retryQueueFor } from './topology.js';

describe('topology', () => {
  const family = familyOf('chat_queue', 'x.');

  it.each([
    [0, '1s'],
    [1_000, '1s'],
    [1_001, '2s'],
    [15_000, '15s'],
    [15_001, '1m'],
    [300_000, '5m'],
    [86_400_000, '5m'],
  ])('a retry after %i ms waits in the %s queue', (afterMs, label) => {
    expect(retryQueueFor(family.lanes.interactive, afterMs)).toBe(`x.chat_queue.retry.${label}`);
  });

  it('makes every queue quorum and bounded, and dead-letters at least once', () => {
    const declarations = allFamilies('').flatMap(declarationsOf);
    expect(declarations).toHaveLength(45);
    for (const { queue, arguments: args } of declarations) {
      expect(args).toMatchObject({ 'x-queue-type': 'quorum', 'x-max-length': expect.any(Number) });
      if (!queue.endsWith('.dead'))
        expect(args).toMatchObject({ 'x-dead-letter-strategy': 'at-least-once', 'x-overflow': 'reject-publish' });
    }
  });

  it('sets the delivery limit, which RabbitMQ has by itself only from 4.0 on', () => {
    const limits = Object.fromEntries(
      declarationsOf(family).map(({ queue, arguments: args }) => [queue, args['x-delivery-limit']]),
    );
    expect(limits).toMatchObject({ 'x.chat_queue': 20, 'x.chat_queue.background': 20 });
  });

  it('sends from the retry queues back to the main queue, and from there to the dead letters', () => {
    const target = Object.fromEntries(
      declarationsOf(family).map(({ queue, arguments: args }) => [queue, args['x-dead-letter-routing-key']]),
    );
    expect(target['x.chat_queue.retry.5s']).toBe('x.chat_queue');
    expect(target['x.chat_queue']).toBe('x.chat_queue.dead');
    expect(target['x.chat_queue.background.retry.5s']).toBe('x.chat_queue.background');
    expect(target['x.chat_queue.background']).toBe('x.chat_queue.dead');
    expect(target['x.chat_queue.dead']).toBeUndefined();
  });
});
