import { parseEventId, type EventId } from '@slipstream/contracts';
import type { StoredEvent } from '../event-log.js';
import type { LiveBatch } from '../follow/live-feed.js';

/** The message that the append script publishes. */
interface Message {
  after: string | null;
  entries: [id: string, event: StoredEvent['event']][];
}

/** @returns undefined for foreign messages: any client may publish to a channel */
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

/** @throws RangeError if Redis contains a foreign entry */
export function storedId(text: string): EventId {
  const id = parseEventId(text);
  if (!id) throw new RangeError(`'${text}' is not an event id.`);
  return id;
}
