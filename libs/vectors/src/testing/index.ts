export { vectorStoreContract } from './vector-store.contract.js';
