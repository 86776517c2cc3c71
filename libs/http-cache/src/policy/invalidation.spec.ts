import { expect, it } from 'vitest';
import { fieldsOf } from '../fields/fields.js';
import { requestOf } from '../testing/requests.js';
import { invalidatedUrls } from './invalidation.js';

const urls = (method: string, statusCode: number, ...headers: string[]) =>
  invalidatedUrls(requestOf({}, { method }).original, statusCode, fieldsOf(headers));
const OWN = 'http://chat.example/a';

it.each([
  ['POST', 200, [OWN]],
  ['M-SEARCH', 204, [OWN]],
  ['DELETE', 303, [OWN]],
  ['POST', 400, []],
  ['PUT', 500, []],
  ['GET', 200, []],
  ['OPTIONS', 200, []],
])('%s answered with %d makes doubtful %j (RFC 9111 section 4.4)', (method, statusCode, expected) =>
  expect(urls(method, statusCode)).toEqual(expected),
);

it.each([
  ['/b?c', ['http://chat.example/b?c']],
  ['b', ['http://chat.example/b']],
  ['http://CHAT.example:80/b#x', ['http://chat.example/b']],
  ['http://evil.example/b', []],
  ['https://chat.example/b', []],
  ['http://chat.example:8080/b', []],
  ['//evil.example/b', []],
  ['http://[', []],
  ['/a', []],
])('and Location: %s of the same origin alone', (location, more) => {
  expect(urls('POST', 201, 'Location', location)).toEqual([OWN, ...more]);
  expect(urls('POST', 201, 'Content-Location', location)).toEqual([OWN, ...more]);
});
