export { pdfOf } from './pdf-of.js';
export { zipOf } from './zip-of.js';
