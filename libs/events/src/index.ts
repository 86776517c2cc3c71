export { createEvents, type EventsOptions } from './create-events.js';
export type { EventLog, FollowOptions, StoredEvent } from './event-log.js';
export { inboxLogOf } from './inbox-log.js';
export type { JobSignals } from './job-signals.js';
export { LogLostError } from './log-lost.error.js';
export { StaleFenceError } from './stale-fence.error.js';
