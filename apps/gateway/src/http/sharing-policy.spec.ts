import type { IncomingMessage } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fieldPolicy } from '@slipstream/http';
import { FIELD_TABLE, type SharingEffect } from '@slipstream/http/testing';
import { PolicyBench, type Fields } from './testing/policy-bench.js';

const canonical = (name: string): string => name.toLowerCase().replace(/[^a-z0-9]/g, '-');

/**
 * What an application behind CGI makes of a request: its answer depends on one field, whatever its spelling, and says
 * nothing of it.
 */
function answer({ rawHeaders, url = '' }: IncomingMessage) {
  const field = /\?field=([^&]*)/.exec(url)?.[1] ?? '';
  const values = rawHeaders.filter((_, i) => i % 2 === 1 && canonical(rawHeaders[i - 1] ?? '') === field);
  const control = /&control=([^&]*)/.exec(url)?.[1] ?? 'max-age=60';
  return { headers: { 'Cache-Control': decodeURIComponent(control) }, text: values.join('|') };
}

/** Fields that ask the cache itself for something, or that a client of a test needs. */
const NOT_SENT =
  /^(?:host|content-.*|connection|transfer-encoding|upgrade|expect|te|keep-alive|proxy-connection|trailer|http2-settings|cache-control|pragma|range|if-.*|max-forwards|x-request-id|sec-websocket-.*)$/;
const LISTED = FIELD_TABLE.flatMap(({ names }) => names.trim().split(/\s+/)).map((name) => name.replace('*', 'any'));
const UNLISTED = [
  'x-next-uri',
  'x-vendor-real-ip',
  'x-path-override',
  'x-acme-token',
  'x-acme-user',
  'x-person-id',
  'x-acme-version',
  'x-foo',
];
const FIELDS = [...LISTED, ...UNLISTED].filter((name) => !NOT_SENT.test(name));

/** Values that two users may have there. */
function valuesFor(name: string): readonly [string, string] {
  if (name === 'cookie') return ['session=ada', 'session=eve'];
  if (/proto|scheme|ssl|https/.test(name)) return ['https', 'http'];
  if (name === 'forwarded') return ['host=chat.example;proto=https', 'host=evil.example;proto=http'];
  return ['ada', 'eve'];
}

const SPELLINGS = [
  (name: string) => name,
  (name: string) => name.replaceAll('-', '_'),
  (name: string) => name.replace('-', '_').toUpperCase(),
];

/** What may be the same for two clients who differ in such a field, by the policy's own statement. */
const SHARED_BY_HTTP: ReadonlySet<SharingEffect> = new Set(['shared', 'private']);

describe.each([false, true])('the response cache before a peer that is trusted: %s', (isTrusted) => {
  let bench: PolicyBench;
  const reads = [
    { path: '/mine', class: 'private' },
    { path: '/all', class: 'public' },
  ] as const;
  beforeAll(async () => void (bench = await PolicyBench.start({ isTrusted, reads, answer })));
  afterAll(() => bench.close());

  /** Whether a second client gets what its own fields make, whoever asked before. */
  async function isOwn(
    path: string,
    name: string,
    spell: (name: string) => string,
    more: Fields = [],
  ): Promise<boolean> {
    const [first, second] = valuesFor(name);
    const alone = await bench.get(`${path}&alone`, [spell(name), second, ...more]);
    await bench.get(path, [spell(name), first, ...more]);
    await bench.get(path, more);
    return (await bench.get(path, [spell(name), second, ...more])) === alone;
  }

  it.each([0, 1, 2])(
    'never shares an answer between two who differ in a credential, a claim or a route: spelling %i',
    async (i) => {
      const spell = SPELLINGS[i]!;
      const wrong: string[] = [];
      for (const name of i === 0 ? FIELDS : FIELDS.filter((_, at) => at % 4 === i)) {
        const isShared = SHARED_BY_HTTP.has(fieldPolicy(spell(name)).sharing);
        if (!isShared && !(await isOwn(`/any?field=${name}&i=${i}`, name, spell))) wrong.push(name);
      }
      expect(wrong).toEqual([]);
    },
    240_000,
  );

  it('shares nothing of a private rule between two who differ in anything that is not plain', async () => {
    const wrong: string[] = [];
    for (const name of FIELDS) {
      if (
        fieldPolicy(name).sharing !== 'shared' &&
        !(await isOwn(`/mine?field=${name}`, name, SPELLINGS[0]!, ['Cookie', 'session=x']))
      )
        wrong.push(name);
    }
    expect(wrong).toEqual([]);
  }, 240_000);

  it('shares what an answer or a rule says is for everybody, but nothing that a route or a claim made', async () => {
    const wrong: string[] = [];
    for (const name of FIELDS.filter((each) => ['bypass', 'keyed'].includes(fieldPolicy(each).sharing))) {
      if (!(await isOwn(`/all?field=${name}`, name, SPELLINGS[0]!))) wrong.push(`${name} by a rule`);
      if (!(await isOwn(`/any?field=${name}&control=public,max-age=60`, name, SPELLINGS[0]!)))
        wrong.push(`${name} by its answer`);
    }
    expect(wrong).toEqual([]);
    await bench.get('/all?field=cookie', ['Cookie', 'session=ada']);
    expect(await bench.get('/all?field=cookie', ['Cookie', 'session=eve'])).toBe('session=ada');
  }, 240_000);

  it('gives two clients with different credentials and routes different answers, over 150 random pairs', async () => {
    const random = seeded(20_261_126);
    const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)]!;
    const names = FIELDS.filter((name) => !SHARED_BY_HTTP.has(fieldPolicy(name).sharing));
    for (let round = 0; round < 150; round++) {
      const name = pick(names);
      const spell = pick(SPELLINGS);
      const sets = [0, 1].map(() =>
        Array.from({ length: Math.floor(random() * 4) }, () => pick(names)).flatMap((each) => [
          pick(SPELLINGS)(each),
          pick(valuesFor(each)),
        ]),
      );
      const [first, second] = sets.map((set, i) => [...set, spell(name), valuesFor(name)[i]!]) as [string[], string[]];
      const path = `${pick(['/any', '/mine'])}?field=${name}&round=${round}`;
      const alone = await bench.get(`${path}&alone`, second);
      await bench.get(path, first);
      expect([path, first, second, await bench.get(path, second)]).toEqual([path, first, second, alone]);
    }
  }, 240_000);
});

/** A small generator of numbers from 0 to 1: the same for the same seed (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
