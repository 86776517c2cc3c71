export { storesOfWorker } from '../../tools/testing/store-sets.mjs';
