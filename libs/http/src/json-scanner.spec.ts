import { superLinearInput } from '@slipstream/contracts/testing';
import { describe, expect, it } from 'vitest';
import { MAX_JSON_DEPTH, wantedMembers, type JsonScan, type JsonScanOptions } from './json-scan.js';
import { JsonScanner } from './json-scanner.js';

const WANTED = { wanted: wantedMembers(['model', 'stream']) };

function scan(text: string | Uint8Array, options: JsonScanOptions = WANTED, pieceBytes = Infinity): JsonScan {
  const scanner = new JsonScanner(options);
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += Math.min(pieceBytes, bytes.length))
    scanner.feed(bytes.subarray(at, at + pieceBytes));
  return scanner.end();
}

/** What JSON.parse makes of a text, in the scanner's words. */
function expected(bytes: Buffer): JsonScan {
  let value: unknown;
  try {
    value = JSON.parse(bytes.toString('utf8'));
  } catch {
    return { type: 'invalid' };
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return { type: 'other' };
  const entries = Object.entries(value).filter(
    ([name, member]) => WANTED.wanted.names.has(name) && (typeof member !== 'object' || member === null),
  );
  return { type: 'object', members: new Map(entries) };
}

/** Mulberry32: the same numbers for the same seed, in [0, 1). */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Pieces of JSON, some of them broken; put together at random they are often nearly JSON. */
const TOKENS = [
  '{',
  '}',
  '[',
  ']',
  ',',
  ':',
  '"model"',
  '"stream"',
  '"\\u006dodel"',
  '"m\\u00e9\\n"',
  '"\u00e9\ud83d\ude00"',
  '"a"',
  '""',
  '"\\ud800"',
  'true',
  'false',
  'null',
  '0',
  '-1.5e+3',
  '12',
  '01',
  '1.',
  '-',
  '.5',
  '1e',
  'tru',
  '"',
  '\\',
  '\n',
  ' ',
  '\ufeff',
  '\u0000',
  '"\t"',
  '"\\x"',
  '"\\u12"',
  '{"model":"x"}',
  '[1,{"model":2}]',
  "'a'",
  'NaN',
];

describe('against JSON.parse', () => {
  it.each([1, 2, 3, 4])('agrees on texts of random tokens, in pieces of any size (seed %i)', (seed) => {
    const random = randomOf(seed);
    const pick = (): string => TOKENS[Math.floor(random() * TOKENS.length)] as string;
    for (let round = 0; round < 6_000; round++) {
      const text = Array.from({ length: 1 + Math.floor(random() * 7) }, pick).join('');
      const bytes = Buffer.from(random() < 0.5 ? text : `{"model":${pick()},${text}:${pick()},"stream":${pick()}}`);
      expect(scan(bytes, WANTED, 1 + Math.floor(random() * 6)), bytes.toString()).toEqual(expected(bytes));
    }
  });

  it.each([5, 6])('agrees on JSON with random bytes changed (seed %i)', (seed) => {
    const random = randomOf(seed);
    const whole = Buffer.from(
      JSON.stringify({
        messages: [{ role: 'user', content: 'h\u00e9llo "\\\n' }],
        model: 'gpt-\u00e9',
        n: [-0.5e-7, 10, {}],
        stream: true,
        'o\\': null,
      }),
    );
    for (let round = 0; round < 6_000; round++) {
      const bytes = Buffer.from(whole);
      for (let change = random() * 3; change > 0; change--)
        bytes[Math.floor(random() * bytes.length)] =
          random() < 0.5 ? Math.floor(random() * 256) : (whole[Math.floor(random() * whole.length)] as number);
      expect(scan(bytes, WANTED, 1 + Math.floor(random() * 20)), bytes.toString()).toEqual(expected(bytes));
    }
  });
});

describe('members of the outermost object', () => {
  it.each<[text: string, members: [string, unknown][]]>([
    [
      '{"model":"a","x":{"model":"b"},"stream":true}',
      [
        ['model', 'a'],
        ['stream', true],
      ],
    ],
    ['{"model":"a","model":"b"}', [['model', 'b']]],
    ['{"model":"a","model":{}}', []],
    ['{"model":["a"]}', []],
    ['{"m\\u006fdel":"\\u0061"}', [['model', 'a']]],
    ['{"__proto__":{"model":"b"}}', []],
  ])('%s', (text, members) => expect(scan(text)).toEqual({ type: 'object', members: new Map(members) }));

  it('leaves out a value that is longer than the limit', () => {
    expect(scan(`{"model":"${'a'.repeat(1022)}"}`)).toMatchObject({ members: new Map([['model', 'a'.repeat(1022)]]) });
    expect(scan(`{"model":"${'a'.repeat(1023)}"}`)).toEqual({ type: 'object', members: new Map() });
  });
});

it('takes a nesting up to its limit, and refuses deeper ones as too deep', () => {
  const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);
  expect(scan(nested(MAX_JSON_DEPTH))).toEqual({ type: 'other' });
  expect(scan(nested(MAX_JSON_DEPTH + 1))).toEqual({ type: 'too-deep' });
});

it('counts values, names included', () => {
  expect(scan('{"a":[1,2]}', { maxValues: 5 }).type).toBe('object');
  expect(scan('{"a":[1,2]}', { maxValues: 4 }).type).toBe('too-many-values');
});

it.each<[string, (text: string) => unknown]>([
  ['a text', (text) => scan(text)],
  ['a value', (text) => scan(`{"model":${text}`)],
  ['a string', (text) => scan(`{"model":"${text}`)],
  ['a name', (text) => scan(`{"${text}`)],
  ['pieces', (text) => scan(`{"a":"${text}`, WANTED, 3)],
])(
  'scans %s in time that grows no faster than it',
  (_, parse) => expect(superLinearInput(parse)).toBeUndefined(),
  60_000,
);
