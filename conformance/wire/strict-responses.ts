import { AmbiguousMessageError, framingOf, readChunks, readField, type Field } from './message-fields.js';

/** How a connection stands: `finished` by a FIN, `reset` by a RST. */
export type Ending = 'open' | 'finished' | 'reset';

/** A final response as a client sees it. Text is Latin-1: one character is one byte. */
export interface WireResponse {
  status: number;
  fields: readonly Field[];
  content: string;
  /** False: the client can see that something is missing. */
  isComplete: boolean;
}

/** What a client has got so far. */
export interface ResponseReading {
  /** Statuses of interim responses (1xx). */
  interim: number[];
  responses: WireResponse[];
  /** Bytes that belong to no response, or to one whose head is not complete. */
  rest: string;
  /** Why `rest` can be read in more than one way. */
  fault?: string;
}

interface Head {
  status: number;
  fields: Field[];
  start: number;
}

/**
 * Reads the responses to these requests as a strict client would.
 * @param methods of the requests, in order; a response that no request waits for is left in `rest`
 */
export function readResponses(bytes: string, methods: readonly string[], ending: Ending): ResponseReading {
  const reading: ResponseReading = { interim: [], responses: [], rest: bytes };
  try {
    for (const method of methods) {
      const head = readFinalHead(reading);
      if (!head) break;
      const { content, end, isComplete } = readContent(reading.rest, head, method, ending);
      reading.responses.push({ status: head.status, fields: head.fields, content, isComplete });
      reading.rest = reading.rest.slice(end);
      if (!isComplete) break;
    }
  } catch (error) {
    if (!(error instanceof AmbiguousMessageError)) throw error;
    reading.fault = error.message;
  }
  return reading;
}

/** Takes interim responses off `rest`. */
function readFinalHead(reading: ResponseReading): Head | undefined {
  for (;;) {
    const head = readHead(reading.rest);
    if (!head || head.status >= 200 || head.status === 101) return head;
    reading.interim.push(head.status);
    reading.rest = reading.rest.slice(head.start);
  }
}

function readHead(bytes: string): Head | undefined {
  const headEnd = bytes.indexOf('\r\n\r\n');
  if (headEnd < 0) return undefined;
  const [statusLine, ...lines] = bytes.slice(0, headEnd).split('\r\n') as [string, ...string[]];
  const status = /^HTTP\/1\.1 ([1-9]\d\d) [\t\x20-\x7e\x80-\xff]*$/.exec(statusLine)?.[1];
  if (status === undefined) throw new AmbiguousMessageError(`status line ${JSON.stringify(statusLine)}`);
  return { status: Number(status), fields: lines.map(readField), start: headEnd + 4 };
}

/** RFC 9112 section 6.3. */
function readContent(
  bytes: string,
  { status, fields, start }: Head,
  method: string,
  ending: Ending,
): { content: string; end: number; isComplete: boolean } {
  if (method === 'HEAD' || status === 204 || status === 304 || status === 101)
    return { content: '', end: start, isComplete: true };
  const framing = framingOf(fields);
  const unfinished = { content: bytes.slice(start), end: bytes.length, isComplete: false };
  if (framing.type === 'none') return { ...unfinished, isComplete: ending === 'finished' };
  if (framing.type === 'length') {
    const end = start + framing.length;
    return bytes.length < end ? unfinished : { content: bytes.slice(start, end), end, isComplete: true };
  }
  const chunks = readChunks(bytes, start);
  return chunks ? { ...chunks, isComplete: true } : unfinished;
}
