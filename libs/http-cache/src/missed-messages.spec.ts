import { EventEmitter } from 'node:events';
import type { SharedPurges } from '@slipstream/redis';
import { expect, it, vi } from 'vitest';
import { missedMessages } from './missed-messages.js';

it.each(['missed', 'gap'] as const)('calls when there is a "%s", until it is stopped', (event) => {
  const purges = new EventEmitter() as unknown as SharedPurges;
  const listener = vi.fn();
  const stop = missedMessages(purges, event)(listener);
  for (const name of ['missed', 'gap'] as const) purges.emit(name);
  expect(listener).toHaveBeenCalledTimes(1);
  stop();
  purges.emit(event);
  expect(listener).toHaveBeenCalledTimes(1);
});
