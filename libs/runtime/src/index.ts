export { MIN_NODE } from './processes/node-version.js';
export type { ProcessGroup } from './processes/process-group.js';
export type { Settings } from './settings/live-settings.js';
export { closingAfter, type Ports, type Service, type ServiceParts } from './service.js';
export type { SharedQueries } from './query-sharing.js';
export { Sweeper } from './sweeper.js';
export type { StoreNeeds, Stores } from './stores/stores.js';
export { ObjectCacheCounts, type PatternCounts } from './object-cache-counts.js';
export { Lease } from './lease.js';
