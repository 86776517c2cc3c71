/**
 * Id of one event of a job: `fence-sequence`, both positive integers.
 *
 * The fence is the number of the claim that wrote the event, so ids of a later claim are greater than all of an
 * earlier one, and a writer that has lost its lease can't append after its successor began. This is also the form of a
 * Redis stream entry id, which Redis keeps strictly increasing.
 */
export interface EventId {
  fence: number;
  sequence: number;
}

const PATTERN = /^(\d{1,15})-(\d{1,15})$/;

export const formatEventId = ({ fence, sequence }: EventId): string => `${fence}-${sequence}`;

/** @returns undefined when `text` is not an event id. */
export function parseEventId(text: string): EventId | undefined {
  const match = PATTERN.exec(text);
  return match ? { fence: Number(match[1]), sequence: Number(match[2]) } : undefined;
}

/** Negative when `a` is before `b`, zero when they are the same, positive when `a` is after `b`. */
export const compareEventIds = (a: EventId, b: EventId): number => a.fence - b.fence || a.sequence - b.sequence;
