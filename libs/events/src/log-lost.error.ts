import { SlipstreamError } from '@slipstream/contracts';

/**
 * The log has lost what was written to it before (a Redis that forgot, say). Tell readers everything again, behind a
 * reset.
 */
export class LogLostError extends SlipstreamError {
  constructor(jobId: string) {
    super('log_lost', `The events of job '${jobId}' so far are lost; nothing was added to them.`, {
      context: { jobId },
    });
  }
}
