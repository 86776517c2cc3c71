import {
  AmbiguousMessageError,
  framingOf,
  readChunks,
  readField,
  TOKEN,
  valuesOf,
  type Field,
} from './message-fields.js';

/** A request as bytes on a connection say it. Text is Latin-1: one character is one byte. */
export interface WireRequest {
  method: string;
  /** Origin form. */
  target: string;
  fields: readonly Field[];
  content: string;
}

/** What a connection has carried so far. */
export interface RequestReading {
  requests: WireRequest[];
  /** Bytes of a request that is not complete yet. */
  rest: string;
  /** Why `rest` can be read in more than one way. */
  fault?: string;
}

/**
 * Reads requests as the strictest server would: only forms in which all HTTP/1.1 servers, lenient or not, old or not,
 * see the same requests. What a proxy sends has to be of these.
 */
export function readRequests(bytes: string): RequestReading {
  const requests: WireRequest[] = [];
  let at = 0;
  try {
    for (let next = readRequest(bytes, at); next; next = readRequest(bytes, at)) {
      requests.push(next.request);
      at = next.end;
    }
    return { requests, rest: bytes.slice(at) };
  } catch (error) {
    if (!(error instanceof AmbiguousMessageError)) throw error;
    return { requests, rest: bytes.slice(at), fault: error.message };
  }
}

function readRequest(bytes: string, from: number): { request: WireRequest; end: number } | undefined {
  const headEnd = bytes.indexOf('\r\n\r\n', from);
  if (headEnd < 0) return undefined;
  const [requestLine, ...lines] = bytes.slice(from, headEnd).split('\r\n') as [string, ...string[]];
  const [method, target] = readRequestLine(requestLine);
  const fields = lines.map(readField);
  const hosts = valuesOf(fields, 'host');
  if (hosts.length !== 1) throw new AmbiguousMessageError(`${hosts.length} Host fields`);
  const framing = framingOf(fields);
  const start = headEnd + 4;
  if (framing.type === 'chunked') {
    const chunks = readChunks(bytes, start);
    return chunks && { request: { method, target, fields, content: chunks.content }, end: chunks.end };
  }
  const end = start + (framing.type === 'length' ? framing.length : 0);
  return bytes.length < end
    ? undefined
    : { request: { method, target, fields, content: bytes.slice(start, end) }, end };
}

function readRequestLine(line: string): [method: string, target: string] {
  const [method = '', target = '', version, ...more] = line.split(' ');
  if (
    !TOKEN.test(method) ||
    !/^(?:\/[\x21-\x7e\x80-\xff]*|\*)$/.test(target) ||
    version !== 'HTTP/1.1' ||
    more.length > 0
  ) {
    throw new AmbiguousMessageError(`request line ${JSON.stringify(line)}`);
  }
  return [method, target];
}
