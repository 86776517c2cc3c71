import { describe, expect, it } from 'vitest';
import { hasParameter, plainSegments, readSegments } from './target-path.js';

describe('plainSegments', () => {
  it.each([
    ['/', ['']],
    ['/a/b', ['a', 'b']],
    ['/a/', ['a', '']],
    ['/a?b=/c', ['a']],
    ['/_app/immutable/entry/start.CRd-1~x.js', ['_app', 'immutable', 'entry', 'start.CRd-1~x.js']],
  ])('%s', (target, segments) => expect(plainSegments(target)).toEqual(segments));

  it.each([
    '/a%2fb',
    '/%61',
    '/a//b',
    '//',
    '/a/../b',
    '/a/..',
    '/./a',
    '/a\\b',
    '/a;x/b',
    '/a b',
    '/a\u00e9',
    '',
    '*',
    'a',
    'http://x/',
  ])('has none for %s', (target) => expect(plainSegments(target)).toBeUndefined());

  it('takes a long hostile path in linear time', () =>
    expect(plainSegments(`/${'a/'.repeat(30_000)}\u0000`)).toBeUndefined());
});

describe('readSegments', () => {
  it.each([
    ['/api/v1/chats/new', ['api', 'v1', 'chats', 'new']],
    ['/api/v1/ch%61ts/new', ['api', 'v1', 'chats', 'new']],
    ['/api%2Fv1/chats/new', ['api', 'v1', 'chats', 'new']],
    ['//api///v1/chats/new', ['api', 'v1', 'chats', 'new']],
    ['/x/../api/./v1', ['api', 'v1']],
    ['/api;v=1/v1\\chats', ['api', 'v1', 'chats']],
    ['/api/v1/chats/?page=1', ['api', 'v1', 'chats', '']],
    ['/api/%zz', ['api', '%zz']],
    ['/../../..', []],
  ])('reads %s as any server might', (target, segments) => expect(readSegments(target)).toEqual(segments));
});

it.each([
  ['/a?refresh=true', true],
  ['/a?x=1&refresh', true],
  ['/a?r%65fresh=1', true],
  ['/a?refreshing=1', false],
  ['/a/refresh', false],
])('hasParameter %s', (target, has) => expect(hasParameter(target, 'refresh')).toBe(has));
