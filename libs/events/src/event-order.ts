import { compareEventIds, InvalidInputError, type EventId } from '@slipstream/contracts';
import type { StoredEvent } from './event-log.js';

/** Whether `id` comes after `position`. Undefined is the position before the first event. */
export const isPast = (id: EventId, position: EventId | undefined): boolean =>
  position === undefined || compareEventIds(id, position) > 0;

/** @throws InvalidInputError */
export function assertIncreasing(entries: readonly StoredEvent[]): void {
  let previous: EventId | undefined;
  for (const { id } of entries) {
    if (!isPast(id, previous))
      throw new InvalidInputError('event_ids_not_increasing', 'The ids of appended events must increase.');
    previous = id;
  }
}
