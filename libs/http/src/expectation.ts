import type { IncomingMessage } from 'node:http';

/** The only expectation that HTTP defines (RFC 9110 section 10.1.1). */
const CONTINUE = '100-continue';

/** The expectations in lower case; empty in HTTP/1.0, which has no such field. */
function expectations({ headers, httpVersion }: IncomingMessage): string[] {
  if (headers.expect === undefined || httpVersion === '1.0') return [];
  return headers.expect.split(',').map((member) => member.trim().toLowerCase());
}

/** Whether the client waits for `100 Continue` before it sends its content. */
export const expectsContinue = (request: IncomingMessage): boolean =>
  request.headers.expect !== undefined &&
  expectations(request).length > 0 &&
  expectationViolation(request) === undefined;

/** @returns the violation in the Expect of a request, for a 417 answer; undefined if there is none */
export const expectationViolation = (request: IncomingMessage): string | undefined =>
  expectations(request).every((member) => member === CONTINUE)
    ? undefined
    : 'The Expect field names an expectation other than 100-continue; send the request without it.';
