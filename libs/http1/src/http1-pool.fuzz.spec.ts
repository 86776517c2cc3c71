import { isDeepStrictEqual } from 'node:util';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Client, type Dispatcher } from 'undici';
import { afterEach, describe, expect, it } from 'vitest';
import type { Http1Error } from './http1-error.js';
import { Http1Pool } from './http1-pool.js';
import { ask } from './testing/ask.js';
import { RandomAnswer, seeded } from './testing/random-answer.js';
import { onRequests, RawOrigins } from './testing/raw-origins.js';

const CASES = 4000;
const AT_ONCE = 32;

const origins = new RawOrigins();
afterEach(() => origins.close());

interface Case {
  text: string;
  ends: number[];
}

interface Taken {
  status?: number;
  headers?: string[];
  body: string;
  /** Why it was not taken. */
  refused?: string;
}

const casesOf = (seed: number, count: number): Case[] => {
  const random = new RandomAnswer(seeded(seed));
  return Array.from({ length: count }, () => {
    const text = random.next();
    return { text, ends: random.ends(text.length) };
  });
};

/** Answers `/n` with case n, in its pieces, and ends. */
const playing = (cases: readonly Case[]): Promise<string> =>
  origins.raw((socket) =>
    onRequests(socket, async (head) => {
      const { text, ends } = cases[Number(head.split(' ')[1]?.slice(1))] as Case;
      let start = 0;
      for (const end of ends) {
        socket.write(text.slice(start, end), 'latin1');
        start = end;
        await nextTurn();
      }
      socket.end(text.slice(start), 'latin1');
    }),
  );

async function byOurs(url: string, path: string): Promise<Taken> {
  const pool = new Http1Pool(url);
  const { end, status, headers, body, error } = await ask(pool, { path });
  await pool.destroy();
  return end === 'end'
    ? { status, headers, body }
    : { body, refused: String((error as Http1Error).context.what ?? (error as Http1Error).code) };
}

async function byUndici(url: string, path: string): Promise<Taken> {
  const client = new Client(url);
  const taken: Taken = { body: '' };
  // It leaves blanks behind a value, which are none of it (RFC 9110 section 5.5).
  const rawHeadersOf = ({ rawHeaders }: Dispatcher.DispatchController): string[] =>
    (rawHeaders as Buffer[]).map((text) => text.toString('latin1').replace(/[\t ]+$/, ''));
  await new Promise<void>((resolve) => {
    client.dispatch(
      { method: 'GET', path, headers: ['Host', 'app'] },
      {
        onRequestStart: () => {},
        onResponseStart: (controller, status) =>
          void (status >= 200 && Object.assign(taken, { status, headers: rawHeadersOf(controller) })),
        onResponseData: (_, chunk) => void (taken.body += chunk.toString('latin1')),
        onResponseEnd: () => resolve(),
        onResponseError: (_, { message }) => {
          taken.refused = message;
          resolve();
        },
      },
    );
  });
  await client.destroy();
  return taken;
}

async function forEachOf(count: number, what: (index: number) => Promise<void>): Promise<void> {
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < count) await what(next++);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}

/** What undici takes and we do not, on purpose; each of these must come up, or it has no place here. */
const STRICTER: readonly string[] = [
  // undici reads "chunked, chunked" and "identity", the one as chunked, the other up to the end
  'its Transfer-Encoding is not exactly "chunked"',
  'its Content-Length has a blank at its end', // which undici takes only where it reads no content
  'its Transfer-Encoding has a blank at its end', // undici reads it up to the end
  'it has two fields Transfer-Encoding',
  'it has a Transfer-Encoding in HTTP/1.0', // RFC 9112 section 6.1: faulty framing
  'its first line is not a status line of HTTP/1.1', // an empty line before it, a control character in its reason
  'the line of a chunk size is malformed', // an extension without a name, or without the value that its = announces
];

/**
 * What we take and undici does not, on purpose: 100 unasked, which a client must be able to pass over (RFC 9110 section
 * 15.2).
 */
const TOLERATED = /^HTTP\/1\.1 100 /;

describe('an answer made at random', () => {
  it('is taken by us only if undici takes it, too, and as the same', async () => {
    const cases = casesOf(20261121, CASES);
    const url = await playing(cases);
    const differences: unknown[] = [];
    const stricter = new Set<string>();
    let takenByBoth = 0;
    await forEachOf(CASES, async (index) => {
      const [ours, undicis] = await Promise.all([byOurs(url, `/${index}`), byUndici(url, `/${index}`)]);
      if (ours.refused !== undefined && undicis.refused === undefined) stricter.add(ours.refused);
      if (ours.refused !== undefined) return;
      takenByBoth += 1;
      if (!isDeepStrictEqual(ours, undicis) && !TOLERATED.test(cases[index]?.text ?? ''))
        differences.push({ text: cases[index]?.text, ours, undicis });
    });
    expect(differences).toEqual([]);
    expect([...stricter].sort()).toEqual([...STRICTER].sort());
    expect(takenByBoth).toBeGreaterThan(CASES / 4);
  }, 120_000);
});
