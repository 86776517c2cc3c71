import { randomUUID } from 'node:crypto';
import { FileSource } from '../file-source.js';
import type { ExternalDriver, FileToExtract, Upload } from './driver.js';
import { MEDIA_TYPES } from './media-types.js';

/** Markdown with a form feed between pages; the JSON names the pages that have text. */
const FIELDS: readonly (readonly [name: string, value: string])[] = [
  ['to_formats', 'md'],
  ['to_formats', 'json'],
  ['image_export_mode', 'placeholder'],
  ['md_page_break_placeholder', '\f'],
];
const ESCAPES: Readonly<Record<string, string>> = { '"': '%22', '\r': '%0D', '\n': '%0A' };

/** The conversion of one file by docling-serve. */
export const docling: ExternalDriver = {
  method: 'POST',
  path: '/v1/convert/file',
  answer: 'docling-answer',
  keyFields: (apiKey) => ({ 'x-api-key': apiKey }),
  uploadOf: multipart,
};

function multipart({ content, kind, name }: FileToExtract): Upload {
  const boundary = randomUUID();
  const opening = (disposition: string): string =>
    `--${boundary}\r\nContent-Disposition: form-data; ${disposition}\r\n`;
  const fields = FIELDS.map(([field, value]) => `${opening(`name="${field}"`)}\r\n${value}\r\n`).join('');
  const fileName = name.toWellFormed().replace(/["\r\n]/g, (each) => ESCAPES[each]!);
  const file = `${opening(`name="files"; filename="${fileName}"`)}Content-Type: ${MEDIA_TYPES[kind]}\r\n\r\n`;
  const [before, after] = [Buffer.from(fields + file), Buffer.from(`\r\n--${boundary}--\r\n`)];
  const source = new FileSource(content.fd);
  return {
    headers: { 'content-type': `multipart/form-data; boundary=${boundary}` },
    bytes: before.length + source.bytes + after.length,
    body: joined(before, source, after),
  };
}

async function* joined(before: Buffer, source: FileSource, after: Buffer): AsyncGenerator<Buffer, void, void> {
  yield before;
  yield* source.chunks();
  yield after;
}
