export { create } from './create.js';
export { needs } from './needs.js';
