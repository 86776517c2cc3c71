export { KINDS, type FieldKind, type SharingEffect } from '../policy/field-kind.js';
export { FIELD_TABLE } from '../policy/field-table.js';
export { refusingUrl, type RefusingUrl } from './refusing-url.js';
export { UPLOAD_SILENCE_MS } from '../upload-silence.js';
