import { SlipstreamError } from '@slipstream/contracts';

/**
 * The log has lost earlier events, for example after a failover of Redis to a replica that lacked the newest ones.
 * Publish everything again after a reset.
 */
export class LogLostError extends SlipstreamError {
  constructor(jobId: string) {
    super('log_lost', `The earlier events of job '${jobId}' are lost, so no event was appended.`, {
      context: { jobId },
    });
  }
}
