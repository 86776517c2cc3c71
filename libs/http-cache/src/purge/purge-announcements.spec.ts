import type { BusListener, MessageBus } from '@slipstream/redis';
import { expect, it } from 'vitest';
import { PurgeAnnouncements } from './purge-announcements.js';
import type { Purge } from './purge-scope.js';

/** A bus that, like Redis's, tells who speaks, too. */
function localBus(): MessageBus & { listeners: Set<BusListener> } {
  const listeners = new Set<BusListener>();
  return {
    listeners,
    publish: (_, message) => listeners.forEach((listener) => listener(JSON.parse(JSON.stringify(message)))),
    subscribe: (_, listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

it('tells the others, and not itself; hears no nonsense; stops when it is closed', () => {
  const bus = localBus();
  const heard: [string, Purge][] = [];
  const [here, there] = ['here', 'there'].map(
    (name) => new PurgeAnnouncements(bus, (purge) => heard.push([name, purge])),
  );
  const purge: Purge = { scope: { type: 'tags', tags: ['a'] }, isSoft: true };
  here?.announce(purge);
  expect(heard).toEqual([['there', purge]]);
  bus.publish('', { from: 'elsewhere', scope: { type: 'nonsense' } });
  there?.close();
  here?.announce(purge);
  expect([heard.length, bus.listeners.size]).toEqual([1, 1]);
});
