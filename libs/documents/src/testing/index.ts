export { documentStoresOn } from './document-stores-on.js';
export { pdfOf } from './pdf-of.js';
export { zipOf } from './zip-of.js';
