import { EventEmitter } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { limitUploadSilence } from './upload-silence.js';

beforeEach(() => void vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] }));
afterEach(() => void vi.useRealTimers());

const requestOf = (facts: object): IncomingMessage =>
  Object.assign(new EventEmitter(), {
    socket: { bytesRead: 0 },
    readableLength: 0,
    isPaused: () => false,
    ...facts,
  }) as never;
const nextTick = (): Promise<void> => new Promise((resolve) => process.nextTick(resolve));

it.each([
  ['whose body came with its head', { complete: true, destroyed: false }, 0],
  ['that is gone', { complete: false, destroyed: true }, 0],
  ['whose body is on its way', { complete: false, destroyed: false }, 1],
])('watches a request %s, of the state %j, by %d timers', async (_, facts, timers) => {
  const request = requestOf(facts);
  limitUploadSilence(request, 1_000);
  await nextTick();
  expect(vi.getTimerCount()).toBe(timers);
  request.emit('close');
  expect(vi.getTimerCount()).toBe(0);
});
