import type { ExternalDriver } from './driver.js';
import { bearer, rawUpload } from './raw-upload.js';

/** The protocol of Open WebUI's external document loader. */
export const openWebui: ExternalDriver = {
  method: 'PUT',
  path: '/process',
  answer: 'open-webui-answer',
  keyFields: bearer,
  uploadOf: (file) => rawUpload(file, { 'x-filename': encodeURIComponent(file.name.toWellFormed()) }),
};
