import { expect, it } from 'vitest';
import { toHttp1Fields } from './http1-fields.js';

const PSEUDO = [':method', 'GET', ':authority', 'a:1', ':scheme', 'https', ':path', '/'];

it.each([
  ['puts the authority into Host', [...PSEUDO, 'accept', '*/*'], ['Host', 'a:1', 'accept', '*/*']],
  ['keeps a Host where there is no authority', [':method', 'GET', 'host', 'b'], ['host', 'b']],
  ['says a Host that agrees once', [...PSEUDO, 'host', 'a:1'], ['Host', 'a:1']],
  ['shows a Host that does not agree', [...PSEUDO, 'host', 'b'], ['Host', 'a:1', 'host', 'b']],
  ['joins cookies', ['cookie', 'a=1', 'x', '1', 'cookie', 'b=2'], ['x', '1', 'cookie', 'a=1; b=2']],
  ['keeps what is repeated', ['x', '1', 'x', '2'], ['x', '1', 'x', '2']],
])('%s', (_, fields, expected) => expect(toHttp1Fields(fields)).toEqual(expected));
