import { compareEventIds, isFinalEvent, type EventId } from '@slipstream/contracts';
import type { StoredEvent } from '../event-log.js';
import { isPast } from '../event-order.js';

interface Entry {
  id: EventId;
  json: string;
}

/** The events of one job, encoded, so that subscribers can't change them and their size is known. */
export class JobRecord {
  private readonly entries: Entry[] = [];
  private storedBytes = 0;
  private finished = false;

  /** @returns the new events that were appended, and their size; undefined if the entries are stale */
  append(entries: readonly StoredEvent[]): { added: StoredEvent[]; bytes: number } | undefined {
    const encoded = entries.map(({ id, event }) => ({ id: { ...id }, json: JSON.stringify(event) }));
    const known = this.knownPrefix(encoded);
    if (known === undefined) return undefined;
    const fresh = encoded.slice(known);
    const bytes = fresh.reduce((sum, { json }) => sum + json.length, 0);
    this.entries.push(...fresh);
    this.storedBytes += bytes;
    this.finished ||= entries.some(({ event }) => isFinalEvent(event));
    return { added: fresh.map(decode), bytes };
  }

  read(after: EventId | undefined, limit: number): StoredEvent[] {
    const start = after ? this.entries.findLastIndex(({ id }) => compareEventIds(id, after) <= 0) + 1 : 0;
    return this.entries.slice(start, start + limit).map(decode);
  }

  get newest(): StoredEvent | undefined {
    const entry = this.entries.at(-1);
    return entry && decode(entry);
  }

  get bytes(): number {
    return this.storedBytes;
  }

  get isFinished(): boolean {
    return this.finished;
  }

  /**
   * Returns how many of these events are stored already. Undefined if one of the others would precede a stored event.
   */
  private knownPrefix(entries: readonly Entry[]): number | undefined {
    const first = entries[0];
    const top = this.entries.at(-1);
    if (!first || isPast(first.id, top?.id)) return 0;
    const start = this.entries.findLastIndex(({ id }) => compareEventIds(id, first.id) < 0) + 1;
    const stored = this.entries.slice(start, start + entries.length);
    const isSame = stored.every(
      ({ id, json }, i) => entries[i] && compareEventIds(id, entries[i].id) === 0 && json === entries[i].json,
    );
    const next = entries[stored.length];
    return isSame && (!next || isPast(next.id, top?.id)) ? stored.length : undefined;
  }
}

const decode = ({ id, json }: Entry): StoredEvent => ({
  id: { ...id },
  event: JSON.parse(json) as StoredEvent['event'],
});
