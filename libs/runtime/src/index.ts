export { serve } from './serve.js';
export type { CreateService, Ports, Service } from './service.js';
export { openStores, type Stores } from './stores.js';
