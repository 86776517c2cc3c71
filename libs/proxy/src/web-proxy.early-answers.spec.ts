import { once } from 'node:events';
import { request as httpRequest, type ClientRequest, type IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { LocalServers } from './testing/local-servers.js';
import { signedHere } from './testing/signed-here.js';

vi.setConfig({ testTimeout: 60_000 }); // deadlines that only a hang reaches

const local = new LocalServers();
afterEach(() => local.close());

const TEXT = 'too large';
const TOO_LARGE =
  'HTTP/1.1 413 Content Too Large\r\nConnection: close\r\nContent-Length: ' + `${TEXT.length}\r\n\r\n${TEXT}`;
const UNAUTHORIZED =
  'HTTP/1.1 401 Unauthorized\r\nTransfer-Encoding: ' +
  `chunked\r\n\r\n${TEXT.length.toString(16)}\r\n${TEXT}\r\n0\r\n\r\n`;
const UNTIL_CLOSE = `HTTP/1.0 413 Content Too Large\r\n\r\n${TEXT}`;

const PIECE = Buffer.alloc(64 * 1024);
const PIECES = 64;
/** More than is kept for another try. */
const REPLAY_MAX_BYTES = 16 * 1024;

/** Answers as soon as the content begins, and ends the connection by a reset, with the rest unread. */
function refuseEarly(answer: string, close: (socket: Socket) => void): (socket: Socket) => void {
  return (socket) => {
    let read = 0;
    const onData = (chunk: Buffer): void => {
      if ((read += chunk.length) < PIECE.length) return;
      socket.off('data', onData).pause();
      socket.write(answer, 'latin1', () => close(socket));
    };
    socket
      .setNoDelay(true)
      .on('error', () => {})
      .on('data', onData);
  };
}

async function backend(isTls: boolean, onSocket: (socket: Socket) => void): Promise<{ url: string; ca?: string }> {
  if (!isTls) return { url: await local.raw(onSocket) };
  const pair = await signedHere();
  const raw = new Map<number | undefined, Socket>();
  const server = createTlsServer(pair, (socket) =>
    onSocket(Object.assign(socket, { resetAndDestroy: () => reset(socket) })),
  );
  // TLS itself knows no reset
  const reset = (socket: Socket): Socket => raw.get(socket.remotePort)?.resetAndDestroy() ?? socket;
  server.on('connection', (socket: Socket) => raw.set(socket.remotePort, socket));
  return { url: (await local.listening(server)).replace('http:', 'https:'), ca: pair.cert };
}

/** A gateway that ejects a backend at its first fault. */
async function gateway(backendUrl: string, ca?: string) {
  const retries = { replayMaxBytes: REPLAY_MAX_BYTES };
  const { url, balancer } = await local.gateway(
    [backendUrl],
    { retries, tls: { ca } },
    { outliers: { consecutiveErrors: 1, maxEjectedRatio: 1 } },
  );
  /** Its backend, when that has no request any more. */
  const released = () =>
    vi.waitFor(
      () => {
        const status = balancer.backends()[0];
        expect(status).toMatchObject({ own: { requests: 0 } });
        return status;
      },
      { timeout: 30_000 },
    );
  return { url, released };
}

/** Writes until the answer is there. @returns status and body */
async function upload(url: string, headers: Record<string, string>): Promise<[number | undefined, string]> {
  const asking: ClientRequest = httpRequest(url, { method: 'POST', headers, agent: false });
  asking.on('error', () => {}); // of the upload, once the answer is there
  const answered = once(asking, 'response');
  for (let i = 0; i < PIECES; i++) asking.write(PIECE);
  asking.end();
  const [answer] = (await answered) as [IncomingMessage];
  return [answer.statusCode, (await answer.toArray()).join('')];
}

const CLOSES: [string, (socket: Socket) => void][] = [
  ['resets', (socket) => void socket.resetAndDestroy()],
  ['closes with unread data', (socket) => void socket.destroy()],
];
const UPLOADS: [string, Record<string, string>][] = [
  ['in chunks', { 'transfer-encoding': 'chunked' }],
  ['with a length', { 'content-length': String(PIECES * PIECE.length) }],
];
const ANSWERS: [string, string, number][] = [
  ['413', TOO_LARGE, 413],
  ['401 in chunks', UNAUTHORIZED, 401],
  ['413 that ends with its connection', UNTIL_CLOSE, 413],
];
const CASES = ANSWERS.flatMap(([answer, text, status]) =>
  CLOSES.flatMap(([closes, close]) =>
    UPLOADS.map(([how, headers]) => ({ answer, text, status, closes, close, how, headers })),
  ),
);

describe.each([
  ['plain', false],
  ['TLS', true],
])('over a %s backend', (_, isTls) => {
  it.each(CASES)(
    'an early $answer to an upload $how is passed on when the backend $closes, and is no fault of it',
    async ({ text, status, close, headers }) => {
      const { url: behind, ca } = await backend(isTls, refuseEarly(text, close));
      const { url, released } = await gateway(behind, ca);
      const rounds = 10;
      for (let round = 0; round < rounds; round++) expect(await upload(url, headers)).toEqual([status, TEXT]);
      const answers = { '4xx': rounds, '5xx': 0, none: 0 };
      // nobody checks it
      expect(await released()).toMatchObject({ state: 'unproven', ejections: 0, retries: 0, answers });
    },
  );

  it.each(CLOSES)('a backend that %s within its early answer is at fault', async (__, close) => {
    const { url: behind, ca } = await backend(isTls, refuseEarly(TOO_LARGE.slice(0, -1), close));
    const { url, released } = await gateway(behind, ca);
    await expect(upload(url, {})).rejects.toThrow();
    expect(await released()).toMatchObject({ state: 'ejected', ejections: 1, retries: 0 });
  });
});
