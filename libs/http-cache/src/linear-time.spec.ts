import { superLinearInput } from '@slipstream/contracts/testing';
import { expect, it } from 'vitest';
import { parseByteRange } from './fields/byte-range.js';
import { parseCacheControl } from './fields/cache-control.js';
import { parseDeltaSeconds } from './fields/delta-seconds.js';
import { matchesWeakly } from './fields/entity-tag.js';
import { fieldsOf } from './fields/fields.js';
import { parseHttpDate } from './fields/http-date.js';
import { splitList } from './fields/list.js';
import { parseTargetedCacheControl } from './fields/targeted-cache-control.js';
import { credentialsIn } from './policy/credentials.js';
import { responseDirectives } from './policy/response-directives.js';
import { storableHeaders } from './policy/stored-response.js';
import { varyNames, variantOf } from './policy/vary.js';
import { normalisedScope } from './purge/purge-scope.js';
import { Identities } from './rules/identity.js';
import { unverifiedClaim } from './rules/json-web-token.js';
import { hasParameter, plainSegments, readSegments } from './rules/target-path.js';

const identities = new Identities({
  secret: 's',
  tokenCookies: ['token', 'oauth_id_token'],
  claim: 'id',
  ignoredCookies: ['_ga'],
});
const identityOf = (...field: [string, string]) =>
  identities.of(credentialsIn(field, { isTrusted: true, isIgnored: identities.isIgnored }));

/** Everything here that reads what a client or a backend wrote, in the form in which it meets their bytes. */
it.each<[name: string, parse: (text: string) => unknown]>([
  ['the path of a read', (text) => plainSegments(`/${text}`)],
  ['the path of a write', (text) => readSegments(`/${text}`)],
  ['the path of a write, encoded', (text) => readSegments(`/${encodeURIComponent(text)}`)],
  ['the query', (text) => hasParameter(`/?${text}`, 'refresh')],
  ['a list', splitList],
  ['Cache-Control', parseCacheControl],
  ['Cache-Control of an answer', (text) => responseDirectives(fieldsOf(['cache-control', text]))],
  [
    'Cache-Control with quoted names',
    (text) => storableHeaders(manyFields(text), responseDirectives(fieldsOf(['cache-control', `no-cache="${text}"`]))),
  ],
  ['CDN-Cache-Control', parseTargetedCacheControl],
  ['CDN-Cache-Control, begun', (text) => parseTargetedCacheControl(`max-age=1;a="${text}`)],
  ['a date', (text) => parseHttpDate(text, 0)],
  ['Age', parseDeltaSeconds],
  ['Range', (text) => parseByteRange(`bytes=${text}`, 10)],
  ['If-None-Match', (text) => matchesWeakly(text, text)],
  ['Vary', (text) => varyNames(fieldsOf(['vary', text]))],
  ['Accept-Language', (text) => variantOf(['accept-language'], { selecting: () => text, respelled: () => undefined })],
  ['a selecting field', (text) => variantOf(['x-a'], { selecting: () => text, respelled: () => undefined })],
  ['Cookie', (text) => identityOf('cookie', text)],
  ['a token in a cookie', (text) => identityOf('cookie', `token=${text}`)],
  ['Authorization', (text) => identityOf('authorization', `Bearer ${text}`)],
  ['Set-Cookie', (text) => identities.givenBy(['set-cookie', text])],
  ['a JSON Web Token', (text) => unverifiedClaim(`a.${text}`.slice(0, 8_192), 'id')],
  ['the URL of a purge', (text) => normalisedScope({ type: 'url', url: `http://${text}` })],
])(
  'reads %s in time that grows no faster than it',
  (_, parse) => expect(superLinearInput(parse)).toBeUndefined(),
  60_000,
);

/** As many fields as names fit into the text. */
const manyFields = (text: string): string[] =>
  Array.from({ length: Math.min(2_000, text.length / 4) }, (_, i) => (i % 2 === 0 ? `x-${i}` : 'v'));
