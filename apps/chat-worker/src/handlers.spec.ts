import { expect, it } from 'vitest';
import { HANDLERS } from './handlers.js';

it('handles every type of message of chat_queue', () => {
  expect([...HANDLERS.keys()]).toEqual(['chat.generate']);
});
