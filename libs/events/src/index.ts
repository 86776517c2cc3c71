export { createEvents, type EventsOptions } from './create-events.js';
export type { EventLog, StoredEvent } from './event-log.js';
export { inboxLogOf } from './inbox-log.js';
export type { JobSignals } from './job-signals.js';
export { StaleFenceError } from './stale-fence.error.js';
