import { expect, it } from 'vitest';
import { inOwnMemory } from './in-own-memory.js';

it('holds what the chunks hold, and nothing else', () => {
  const socket = Buffer.from('....abc....def....');
  const whole = inOwnMemory([socket.subarray(4, 7), socket.subarray(11, 14)], 6);
  expect([whole.toString(), whole.buffer.byteLength]).toEqual(['abcdef', 6]);
});
