import { parseEventId, type EventId } from '@slipstream/contracts';
import type { StoredEvent } from '../event-log.js';
import type { LiveBatch } from '../follow/live-feed.js';

/** What the append script publishes. */
interface Message {
  after: string | null;
  entries: [id: string, event: StoredEvent['event']][];
}

/** @returns undefined when the message is not one of ours: anyone may publish to a channel */
export function readPublishedBatch(text: string): LiveBatch | undefined {
  try {
    const { after, entries } = JSON.parse(text) as Message;
    return {
      after: after === null ? undefined : storedId(after),
      entries: entries.map(([id, event]) => ({ id: storedId(id), event })),
      bytes: text.length,
    };
  } catch {
    return undefined;
  }
}

/** @throws RangeError when Redis holds an entry that no log of ours wrote */
export function storedId(text: string): EventId {
  const id = parseEventId(text);
  if (!id) throw new RangeError(`'${text}' is not an event id.`);
  return id;
}
