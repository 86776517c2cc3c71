import { compareEventIds, type EventId } from '@slipstream/contracts';
import type { StoredEvent } from '@slipstream/events';
import { frameOf } from './event-stream.js';

/** Whether `id` comes after `position`. Undefined is the position before the first event. */
export const isAfter = (id: EventId, position: EventId | undefined): boolean =>
  position === undefined || compareEventIds(id, position) > 0;

/** The newest events of one stream, without a gap, of bounded size: the oldest are dropped first. */
export class EventTail {
  private events: StoredEvent[] = [];
  private size = 0;

  /**
   * @param start the position before the first event here
   * @param maxChars limit of all frames together
   */
  constructor(
    private start: EventId | undefined,
    private readonly maxChars: number,
  ) {}

  /** Whether every event after `position` is here. */
  covers(position: EventId | undefined): boolean {
    return this.start === undefined || (position !== undefined && compareEventIds(position, this.start) >= 0);
  }

  push(event: StoredEvent): void {
    this.events.push(event);
    this.size += frameOf(event).length;
    if (this.size > this.maxChars) this.dropOlderHalf();
  }

  /** Returns the events after `position`, oldest first. */
  after(position: EventId | undefined): StoredEvent[] {
    let index = this.events.length;
    while (index > 0 && isAfter(this.events[index - 1]!.id, position)) index -= 1;
    return this.events.slice(index);
  }

  /** Returns the events after `position`, starting at the first that `isBeginning` accepts. */
  afterFirst(position: EventId | undefined, isBeginning: (event: StoredEvent) => boolean): StoredEvent[] {
    const events = this.after(position);
    const first = events.findIndex(isBeginning);
    return first < 0 ? [] : events.slice(first);
  }

  /** Half at a time, so that the copying costs little per event. */
  private dropOlderHalf(): void {
    let dropped = 0;
    while (this.size > this.maxChars / 2 && dropped < this.events.length)
      this.size -= frameOf(this.events[dropped++]!).length;
    this.start = this.events[dropped - 1]?.id ?? this.start;
    this.events = this.events.slice(dropped);
  }
}
