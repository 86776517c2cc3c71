export { LanceStore } from './lance.store.js';
