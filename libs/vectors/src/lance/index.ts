export { LanceStore, type LanceStoreOptions } from './lance.store.js';
