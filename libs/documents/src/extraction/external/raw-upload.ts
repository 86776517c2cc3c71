import { FileSource } from '../file-source.js';
import type { FileToExtract, Upload } from './driver.js';
import { MEDIA_TYPES } from './media-types.js';

/** The file itself as the body. */
export function rawUpload({ content, kind }: FileToExtract, headers: Readonly<Record<string, string>>): Upload {
  const source = new FileSource(content.fd);
  return { headers: { 'content-type': MEDIA_TYPES[kind], ...headers }, bytes: source.bytes, body: source.chunks() };
}

export const bearer = (apiKey: string): Record<string, string> => ({ authorization: `Bearer ${apiKey}` });
