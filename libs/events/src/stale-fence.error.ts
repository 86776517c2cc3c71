import { formatEventId, SlipstreamError, type EventId } from '@slipstream/contracts';

/** A later claim of the job writes the log now. Stop working on the job. */
export class StaleFenceError extends SlipstreamError {
  constructor(jobId: string, id: EventId) {
    super(
      'stale_fence',
      `Event ${formatEventId(id)} of job '${jobId}' is stale: a later claim has written to the log.`,
      {
        context: { jobId, eventId: formatEventId(id) },
      },
    );
  }
}
