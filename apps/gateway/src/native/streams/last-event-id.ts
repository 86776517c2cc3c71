import { InvalidInputError, parseEventId, type EventId } from '@slipstream/contracts';

/**
 * Position at which a subscriber resumes.
 * @throws InvalidInputError `invalid_last_event_id`
 */
export function lastEventIdOf(header: string | undefined): EventId | undefined {
  if (header === undefined || header === '') return undefined;
  const parsed = parseEventId(header);
  if (!parsed)
    throw new InvalidInputError('invalid_last_event_id', 'Last-Event-ID must be the id of an event of this stream.');
  return parsed;
}
