export { heapOptions, isHeapBounded } from './heap-options.js';
export { heapSettings } from './heap-settings.js';
