import { expect, it } from 'vitest';
import { Subscribers } from './subscribers.js';

const codeOf = (admit: () => unknown): unknown => {
  try {
    admit();
    return 'admitted';
  } catch (error) {
    return (error as { context?: { setting?: string } }).context?.setting;
  }
};

it('admits so many of a user, so many in all, and others again when some have left', () => {
  const subscribers = new Subscribers({ maxSubscribers: 3, maxSubscribersPerUser: 2 });
  const leave = [subscribers.admit('ada'), subscribers.admit('ada')];
  expect(codeOf(() => subscribers.admit('ada'))).toBe('events.maxSubscribersPerUser');
  leave.push(subscribers.admit('bo'));
  expect(codeOf(() => subscribers.admit('cy'))).toBe('events.maxSubscribers');
  leave[0]!();
  expect(codeOf(() => subscribers.admit('ada'))).toBe('admitted');
});
