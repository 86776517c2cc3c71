import { NATIVE_PREFIX } from '../http/routes.js';

/** Path of a job's event stream. */
export const eventsUrlOf = (jobId: string): string => `${NATIVE_PREFIX}/jobs/${jobId}/events`;
