import type { Fields } from '../fields/fields.js';
import { isPersonal, type ReadRequest } from './cache-request.js';
import type { AnswerHead, Reusability } from './stored-response.js';
import { varyNames } from './vary.js';

/** An answer's head, read. */
export interface ReadHead extends AnswerHead {
  readonly reusability: Reusability;
}

/** Whose rules this cache knows, for must-understand (RFC 9111 section 5.2.2.3). */
const UNDERSTOOD: ReadonlySet<number> = new Set([200, 203, 204, 300, 301, 302, 303, 307, 308, 400, 401, 403, 404, 405, 410, 414, 500, 501, 502, 503, 504]);

type Rule = readonly [reason: string, applies: (request: ReadRequest, head: ReadHead) => boolean];

/** Why the answer to a GET isn't stored, in a shared cache (RFC 9111 section 3 unless said otherwise). The first that applies counts. */
const REASONS: readonly Rule[] = [
  ['status', (_, { statusCode }) => statusCode < 200 || statusCode === 206 || statusCode === 304],
  ['must-understand', (_, { directives, statusCode }) => directives.mustUnderstand && !UNDERSTOOD.has(statusCode)],
  ['no-store', (_, { directives }) => directives.noStore && !directives.mustUnderstand],
  ['request-no-store', ({ directives }) => directives.has('no-store')],
  ['set-cookie', (_, { fields }) => fields.has('set-cookie')], // RFC 9111 section 7.3: what it sets is one client's
  ['private', ({ rule, partition }, { directives }) => directives.isPrivate && !(rule?.scope === 'private' && partition !== undefined)],
  ['no-partition', ({ rule, partition }) => rule?.scope === 'private' && partition === undefined],
  ['vary', (_, { fields }) => varyNames(fields) === undefined], // RFC 9111 section 4.1
  ['authorization', (request, { reusability }) => isPersonal(request) && request.fields.has('authorization') && !reusability.allowsAuthorization], // RFC 9111 section 3.5
  ['cookie', (request, { reusability }) => isPersonal(request) && request.fields.has('cookie') && !reusability.allowsCookie],
  ['no-freshness', (_, { reusability, fields }) => reusability.freshUntil <= reusability.answeredAt && !hasValidator(fields)],
];

/** @returns why it is not to be stored; undefined when it is */
export const reasonNotToStore = (request: ReadRequest, head: ReadHead): string | undefined => REASONS.find(([, applies]) => applies(request, head))?.[0];

const hasValidator = (fields: Fields): boolean => fields.has('etag') || fields.has('last-modified');
