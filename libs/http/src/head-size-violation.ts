import type { IncomingMessage } from 'node:http';
import { MAX_HEAD_FIELDS } from './head-size.js';
import { isHttp2 } from './http2-messages.js';

/** Node's parser counts the bytes of an HTTP/1.1 head (`maxHeaderSize`); the fields are counted here. */
const isTooLarge = (request: IncomingMessage): boolean =>
  isHttp2(request) ? request.isHeadTooLarge : request.rawHeaders.length > 2 * MAX_HEAD_FIELDS;

/** @returns the reason for a 431 answer; undefined if the head is small enough */
export const headSizeViolation = (request: IncomingMessage): string | undefined =>
  isTooLarge(request)
    ? 'The header fields of the request are too large; clear the cookies of this site, or send fewer fields.'
    : undefined;
