import type { Fields } from '../fields/fields.js';
import { isPersonal, type ReadRequest } from './cache-request.js';
import { permissionsOf, hasLifetime, timesOf, type AnswerHead, type Reusability } from './stored-response.js';
import { varyNames } from './vary.js';

/**
 * Statuses that concern a part, a condition, or the form of the request: another request for the same URL would get
 * another answer.
 */
const OF_THE_REQUEST: ReadonlySet<number> = new Set([
  206, 304, 406, 408, 411, 412, 413, 415, 416, 417, 421, 425, 426, 428, 429, 431,
]);
/** Content-Range is ignored here (RFC 9110 section 14.4). It belongs to answers to a range, which are never stored. */
const isPartial = (fields: Fields): boolean => /^\s*multipart\/byteranges\b/i.test(fields.get('content-type') ?? '');

/** Statuses that this cache understands, for must-understand (RFC 9111 section 5.2.2.3). */
const UNDERSTOOD: ReadonlySet<number> = new Set([
  200, 203, 204, 300, 301, 302, 303, 307, 308, 400, 401, 403, 404, 405, 410, 414, 500, 501, 502, 503, 504,
]);

/** Whether such an answer, which is not stored, shows that a stored one is out of date. */
export const describesUrl = (statusCode: number): boolean =>
  statusCode < 500 && statusCode !== 400 && !OF_THE_REQUEST.has(statusCode);

type Rule = readonly [reason: string, applies: (request: ReadRequest, head: AnswerHead) => boolean];

/**
 * Reasons for which a shared cache does not store the answer to a GET (RFC 9111 section 3 unless noted). The first that
 * applies counts; the cheap ones come first.
 */
const REASONS: readonly Rule[] = [
  ['status', (_, { statusCode }) => statusCode < 200 || OF_THE_REQUEST.has(statusCode)],
  ['partial', (_, { fields, requestedPart }) => requestedPart === 'range' || isPartial(fields)],
  ['condition', (_, { statusCode, requestedPart }) => requestedPart === 'condition' && statusCode >= 400],
  ['must-understand', (_, { directives, statusCode }) => directives.mustUnderstand && !UNDERSTOOD.has(statusCode)],
  ['no-store', (_, { directives }) => directives.noStore && !directives.mustUnderstand],
  ['request-no-store', ({ directives }) => directives.has('no-store')],
  ['set-cookie', (_, { fields }) => fields.has('set-cookie')], // RFC 9111 section 7.3: a cookie is for one client
  [
    'private',
    ({ rule, partition }, { directives }) =>
      directives.isPrivate && !(rule?.scope === 'private' && partition !== undefined),
  ],
  ['no-partition', ({ rule, partition }) => rule?.scope === 'private' && partition === undefined],
  [
    'authorization',
    (request, { directives }) =>
      isPersonal(request) &&
      request.credentials.hasAuthorization &&
      !permissionsOf(directives, request.rule).allowsAuthorization,
  ],
  [
    'credential',
    (request, { directives }) =>
      isPersonal(request) && request.credentials.hasOther && !permissionsOf(directives, request.rule).allowsCookie,
  ],
  ['vary', (_, { fields }) => varyNames(fields) === undefined], // RFC 9111 section 4.1
  [
    'no-freshness',
    ({ rule }, head) =>
      !hasLifetime(head.fields, head.directives) &&
      timesOf(head.statusCode, rule)?.ttlMs === undefined &&
      !hasValidator(head.fields),
  ],
];

/** @returns the reason for which it is not stored, as far as known without its age; undefined if it is stored */
export const reasonNotToStore = (request: ReadRequest, head: AnswerHead): string | undefined =>
  REASONS.find(([, applies]) => applies(request, head))?.[0];

/** Whether it could neither be sent nor be validated. */
export const isUseless = ({ freshUntil, answeredAt }: Reusability, fields: Fields): boolean =>
  freshUntil <= answeredAt && !hasValidator(fields);

const hasValidator = (fields: Fields): boolean => fields.has('etag') || fields.has('last-modified');
