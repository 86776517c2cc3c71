export type { ProcessGroup } from './processes/process-group.js';
export type { Settings } from './settings/live-settings.js';
export { serve } from './serve.js';
export { closingAfter, type CreateService, type Ports, type Service } from './service.js';
export { Sweeper, type SweeperOptions } from './sweeper.js';
export type { StoreKind } from './stores/store-kinds.js';
export { openStores, type StoreNeeds, type Stores } from './stores/stores.js';
export { ObjectCacheCounts, type PatternCounts } from './object-cache-counts.js';
