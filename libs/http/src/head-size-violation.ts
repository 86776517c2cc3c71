import type { IncomingMessage } from 'node:http';
import { MAX_HEAD_FIELDS } from './head-size.js';
import { isHttp2 } from './http2-messages.js';

/** The bytes of an HTTP/1.1 head are counted by Node's parser (`maxHeaderSize`), its fields here. */
const isTooLarge = (request: IncomingMessage): boolean =>
  isHttp2(request) ? request.isHeadTooLarge : request.rawHeaders.length > 2 * MAX_HEAD_FIELDS;

/** @returns why a request must be answered with 431; undefined when its head is not too large */
export const headSizeViolation = (request: IncomingMessage): string | undefined =>
  isTooLarge(request)
    ? 'The header fields of the request are too large; clear the cookies of this site, or send fewer fields.'
    : undefined;
