/** Arrivals that one log holds. */
const LOG_SIZE = 100;

/**
 * Name of the log in which an inbox's arrival is told. An inbox never ends, so its arrivals are spread over logs of a
 * bounded size, each of which goes its retention time after its last event.
 * @param sequence the arrival's place in the inbox
 */
export const inboxLogOf = (userId: string, sequence: number): string =>
  `inbox-${userId}-${Math.floor(sequence / LOG_SIZE)}`;
