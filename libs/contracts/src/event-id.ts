/**
 * Id of one event of a job: `fence-sequence`, both positive integers.
 *
 * The fence is the number of the claim that wrote the event. Ids of a later claim are therefore greater than all ids of
 * an earlier one, and a writer that has lost its lease can't append after its successor. It is also the form of a Redis
 * stream entry id, which Redis keeps strictly increasing.
 */
export interface EventId {
  fence: number;
  sequence: number;
}

const PATTERN = /^(\d{1,15})-(\d{1,15})$/;

export const formatEventId = ({ fence, sequence }: EventId): string => `${fence}-${sequence}`;

/** @returns undefined if `text` is not an event id. */
export function parseEventId(text: string): EventId | undefined {
  const match = PATTERN.exec(text);
  return match ? { fence: Number(match[1]), sequence: Number(match[2]) } : undefined;
}

/** Negative if `a` is before `b`, zero if they are equal, positive if `a` is after `b`. */
export const compareEventIds = (a: EventId, b: EventId): number => a.fence - b.fence || a.sequence - b.sequence;
