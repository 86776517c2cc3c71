import { EventEmitter } from 'node:events';
import type { RedisConnections } from '@slipstream/redis';
import { expect, it, vi } from 'vitest';
import { missedMessages } from './missed-messages.js';

it('calls when the bus is lost and when it is back, until it is stopped', () => {
  const subscriber = new EventEmitter();
  const listener = vi.fn();
  const stop = missedMessages({ subscriber } as unknown as RedisConnections)(listener);
  subscriber.emit('lost');
  subscriber.emit('resubscribed');
  expect(listener).toHaveBeenCalledTimes(2);
  stop();
  subscriber.emit('lost');
  expect(listener).toHaveBeenCalledTimes(2);
});
