import { expect, it } from 'vitest';
import { addToVary, announcesEventStream, fieldValue, fieldValues } from './field-value.js';

const HEADERS = ['Set-Cookie', 'a=1', 'x', 'set-cookie', 'SET-COOKIE', 'b=2'];

it('finds a field by its name in any case, never by a value', () => {
  expect(fieldValues(HEADERS, 'set-cookie')).toEqual(['a=1', 'b=2']);
  expect(fieldValue(HEADERS, 'set-cookie')).toBe('a=1');
  expect([fieldValue(HEADERS, 'date'), fieldValues([], 'date')]).toEqual([undefined, []]);
});

it.each([
  ['text/event-stream', true],
  ['Text/Event-Stream; charset=utf-8', true],
  ['text/event-streams', false],
  ['text/html', false],
])('takes %s for an event stream: %s', (type, expected) => {
  expect(announcesEventStream(['Content-Type', type])).toBe(expected);
  expect(announcesEventStream(['x', 'content-type', 'y', type])).toBe(false);
});

it.each([
  [[], ['Accept'], ['Vary', 'Accept']],
  [
    ['a', 'b', 'vary', 'Origin', 'c', 'd'],
    ['Accept', 'Cookie'],
    ['a', 'b', 'c', 'd', 'Vary', 'Origin, Accept, Cookie'],
  ],
  [['Vary', 'Origin', 'a', 'vary', 'VARY', 'Cookie'], ['Accept'], ['a', 'vary', 'Vary', 'Origin, Cookie, Accept']],
  [['Vary', 'Origin'], [], ['Vary', 'Origin']],
])('leaves one line of Vary: %j and %j', (headers, names, expected) => {
  addToVary(headers, names);
  expect(headers).toEqual(expected);
});
