/** Number of arrivals per log. */
const LOG_SIZE = 100;

/**
 * Returns the name of the log for an arrival in an inbox. An inbox never ends, so its arrivals are divided among logs
 * of bounded size. Each log expires its retention time after its last event.
 * @param sequence ordinal of the arrival in the inbox
 */
export const inboxLogOf = (userId: string, sequence: number): string =>
  `inbox-${userId}-${Math.floor(sequence / LOG_SIZE)}`;
