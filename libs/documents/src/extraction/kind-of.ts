import type { DocumentKind } from '@slipstream/contracts';

/** Number of bytes that {@link kindOf} reads. */
export const KIND_HEAD_BYTES = 4096;

const ZIP = 'PK\u0003\u0004';
const OLE = '\u00D0\u00CF\u0011\u00E0';
/** Files that hold no text to read, by their first bytes. */
const BINARY = [
  '\u0089PNG',
  '\u00FF\u00D8\u00FF',
  'GIF8',
  'RIFF',
  '\u007FELF',
  'MZ',
  '\u001F\u008B',
  'BZh',
  '\u00FD7zXZ',
  '7z\u00BC',
  'Rar!',
  'OggS',
  'ID3',
  'II*\u0000',
  'MM\u0000*',
  OLE,
];

const HTML = /^\s{0,200}(?:<!--[^>]{0,1000}-->\s{0,200})?<(?:!doctype html|html|head|body)\b/i;
const MAIL_FIELD =
  /^(?:received|return-path|from|to|subject|date|message-id|mime-version|delivered-to|x-[\w-]{1,60}):/i;
const MAIL_CORE = /^(?:from|to|subject|date|message-id|mime-version):/gim;

const BY_EXTENSION: Readonly<Record<string, DocumentKind>> = {
  md: 'markdown',
  markdown: 'markdown',
  csv: 'csv',
  tsv: 'csv',
  htm: 'html',
  html: 'html',
  xhtml: 'html',
  eml: 'email',
};
const ZIP_EXTENSIONS: Readonly<Record<string, DocumentKind>> = {
  docx: 'docx',
  docm: 'docx',
  pptx: 'pptx',
  pptm: 'pptx',
  xlsx: 'xlsx',
  xlsm: 'xlsx',
  odt: 'odt',
};
const BY_MEDIA_TYPE: Readonly<Record<string, DocumentKind>> = {
  'text/markdown': 'markdown',
  'text/csv': 'csv',
  'text/html': 'html',
  'message/rfc822': 'email',
};

/**
 * Kind of a file by its first bytes. Name and media type decide only between kinds of text, which look alike.
 * @param head the first {@link KIND_HEAD_BYTES}, or the whole file if it is shorter
 */
export function kindOf(head: Buffer, name = '', mediaType = ''): DocumentKind {
  const bytes = head.toString('latin1');
  if (/%PDF-\d/.test(bytes.slice(0, 1024))) return 'pdf';
  const extension = /\.([a-z]{1,8})$/i.exec(name)?.[1]?.toLowerCase() ?? '';
  if (bytes.startsWith(ZIP)) return zipKind(bytes) ?? ZIP_EXTENSIONS[extension] ?? 'unknown';
  if (BINARY.some((magic) => bytes.startsWith(magic))) return 'unknown';
  const text = bytes.replaceAll('\u0000', '').replace(/^(?:\u00EF\u00BB\u00BF|\u00FF\u00FE|\u00FE\u00FF)/, '');
  if (HTML.test(text)) return 'html';
  if (MAIL_FIELD.test(text) && (text.match(MAIL_CORE)?.length ?? 0) >= 2) return 'email';
  return BY_EXTENSION[extension] ?? BY_MEDIA_TYPE[mediaType.split(';', 1)[0]!.trim().toLowerCase()] ?? 'text';
}

/** Office programs write a tell-tale entry first; others are found by their extension, and by what is in them. */
function zipKind(bytes: string): DocumentKind | undefined {
  if (bytes.includes('mimetypeapplication/vnd.oasis.opendocument.text')) return 'odt';
  if (bytes.includes('word/')) return 'docx';
  if (bytes.includes('ppt/')) return 'pptx';
  if (bytes.includes('xl/')) return 'xlsx';
  return undefined;
}
