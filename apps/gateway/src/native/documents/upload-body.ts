import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import { Busboy, type BusboyHeaders, type BusboyInstance } from '@fastify/busboy';
import { InvalidInputError, messageOf } from '@slipstream/contracts';

/** A file in a request. */
export interface SentFile {
  name?: string;
  mediaType: string;
  content: Readable;
}

/** Boundaries, heads of parts and fields before the file; more than all that LIMITS allows. */
const MAX_BYTES_BEFORE_FILE = 4 * 1024 * 1024;
/** Fields beside the file are ignored. */
const LIMITS = { files: 1, fields: 20, parts: 30, headerPairs: 50, fieldSize: 64 * 1024 };

/**
 * The file of an upload: the first one of a multipart body, or the whole body.
 * @throws InvalidInputError `bad_request` if a multipart body has no file
 */
export async function sentFile(request: IncomingMessage, name: string | undefined): Promise<SentFile> {
  const mediaType = request.headers['content-type'] ?? 'application/octet-stream';
  if (!/^multipart\/form-data\b/i.test(mediaType)) return { name, mediaType, content: request };
  const file = await firstFile(request);
  return { ...file, name: name ?? file.name };
}

function firstFile(request: IncomingMessage): Promise<SentFile> {
  return new Promise((resolve, reject) => {
    const refuse = (why: string): void => reject(new InvalidInputError('bad_request', `The multipart body ${why}.`));
    const parser = newParser(request.headers as BusboyHeaders, refuse);
    if (!parser) return;
    let current: Readable | undefined;
    const endMeter = limitBeforeFile(request, () => {
      request.unpipe(parser).pause();
      refuse(`has no file within its first ${MAX_BYTES_BEFORE_FILE} bytes`);
    });
    parser.on('file', (_field, content, fileName, _encoding, mediaType) => {
      endMeter();
      current = content;
      resolve({ name: fileName, mediaType, content });
    });
    parser.on('finish', () => refuse('has no file; send one as a part with a filename'));
    parser.on('error', (error) => {
      current?.destroy(error as Error);
      refuse(`can't be read: ${messageOf(error)}`);
    });
    // If the client disconnects, the file must fail; a plain end would count as a complete file.
    request.once('close', () => {
      if (!request.complete) current?.destroy(new Error('the client disconnected'));
    });
    request.pipe(parser);
  });
}

/** Calls `exceeded` unless the returned function is called within the first bytes of the body. */
function limitBeforeFile(request: IncomingMessage, exceeded: () => void): () => void {
  let bytes = 0;
  const count = (chunk: Buffer): void => {
    if ((bytes += chunk.length) <= MAX_BYTES_BEFORE_FILE) return;
    request.off('data', count);
    exceeded();
  };
  request.on('data', count);
  return () => void request.off('data', count);
}

function newParser(headers: BusboyHeaders, refuse: (why: string) => void): BusboyInstance | undefined {
  try {
    return new Busboy({ headers, limits: LIMITS });
  } catch (error) {
    refuse(`can't be read: ${messageOf(error)}`);
    return undefined;
  }
}
