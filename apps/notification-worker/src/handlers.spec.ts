import { expect, it } from 'vitest';
import { HANDLERS } from './handlers.js';

it('handles every type of message of notification_queue', () => {
  expect([...HANDLERS.keys()]).toEqual(['notification.dispatch', 'notification.deliver']);
});
