import { formatEventId, SlipstreamError, type EventId } from '@slipstream/contracts';

/** The log has gone on without this writer: another claim of the job writes it now. Stop working on the job. */
export class StaleFenceError extends SlipstreamError {
  constructor(jobId: string, id: EventId) {
    super(
      'stale_fence',
      `Event ${formatEventId(id)} of job '${jobId}' comes after its time: a later claim has written to the log.`,
      {
        context: { jobId, eventId: formatEventId(id) },
      },
    );
  }
}
