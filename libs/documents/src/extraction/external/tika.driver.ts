import type { ExternalDriver } from './driver.js';
import { bearer, rawUpload } from './raw-upload.js';

/** Characters that RFC 8187 section 3.2.1 excludes, and encodeURIComponent keeps. */
const encoded = (name: string): string =>
  encodeURIComponent(name.toWellFormed()).replace(/['()*]/g, (each) => `%${each.charCodeAt(0).toString(16)}`);

/** The recursive metadata of Apache Tika's server: the only call with pages that versions 3 and 4 have in common. */
export const tika: ExternalDriver = {
  method: 'PUT',
  path: '/rmeta/xml',
  answer: 'tika-answer',
  keyFields: bearer,
  uploadOf: (file) => rawUpload(file, { 'content-disposition': `attachment; filename*=UTF-8''${encoded(file.name)}` }),
};
