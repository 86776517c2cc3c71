import { superLinearInput } from '@slipstream/contracts/testing';
import { expect, it } from 'vitest';
import { Stickiness } from './stickiness.js';
import { upstreamHeaders } from './upstream-headers.js';

const peer = { address: '127.0.0.1', isTrusted: true, isEncrypted: false, httpVersion: '1.1' } as const;
const ids = { requestId: 'r', traceparent: 't' };
const names = { pseudonym: 'slipstream-1', ownCookie: 'c' };
const stickiness = new Stickiness({ cookieName: 'c', paths: ['/'], secret: 's' });
stickiness.setBackends(['http://a']);

it.each<[name: string, parse: (text: string) => unknown]>([
  ['Cookie', (text) => upstreamHeaders(['cookie', text], peer, ids, names)],
  ['Cache-Control of an answer', (text) => stickiness.cookieFor('http://a', ['cache-control', text], true)],
  ['a field name', (text) => upstreamHeaders([text, 'a'], peer, ids, names)],
  ['a name with underscores', (text) => upstreamHeaders([`x_forwarded_${text}`, 'a'], peer, ids, names)],
  ['an identity field', (text) => upstreamHeaders([`x-openwebui-user-${text}`, 'a'], peer, ids, names)],
  ['Forwarded', (text) => upstreamHeaders(['forwarded', text, 'host', text], peer, ids, names)],
  ['Connection', (text) => upstreamHeaders(['connection', text], peer, ids, names)],
])(
  'reads %s in time that grows no faster than it',
  (_, parse) => expect(superLinearInput(parse)).toBeUndefined(),
  60_000,
);
