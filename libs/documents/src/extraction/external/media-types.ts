import type { DocumentKind } from '@slipstream/contracts';

/** Media type of each kind of file. */
export const MEDIA_TYPES: Readonly<Record<DocumentKind, string>> = {
  pdf: 'application/pdf',
  docx: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
  pptx: 'application/vnd.openxmlformats-officedocument.presentationml.presentation',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  odt: 'application/vnd.oasis.opendocument.text',
  html: 'text/html',
  markdown: 'text/markdown',
  csv: 'text/csv',
  email: 'message/rfc822',
  text: 'text/plain',
  unknown: 'application/octet-stream',
};
