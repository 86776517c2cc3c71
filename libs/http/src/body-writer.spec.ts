import { EventEmitter, once } from 'node:events';
import { createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import {
  connect as connectHttp2,
  createServer as createHttp2Server,
  type ClientHttp2Session,
  type Http2Server,
} from 'node:http2';
import type { AddressInfo, Server } from 'node:net';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { BodyWriter, WholeBody, type BodySource } from './body-writer.js';
import { Http1LikeRequest, Http1LikeResponse, asHttp1 } from './http2-messages.js';
import { bytesWrittenAhead } from './write-window.js';

const KIB = 1024;
const ends: (() => unknown)[] = [];
afterEach(() => {
  for (const end of ends.splice(0).reverse()) end();
});

async function listening(server: Server | Http2Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  ends.push(() => server.close());
  return (server.address() as AddressInfo).port;
}

/** Answers each request with this body, and says what each writer has read of it. */
function answering(
  bodyOf: () => BodySource,
  onDone: () => void = () => {},
): { handle: (response: ServerResponse) => void; responses: ServerResponse[] } {
  const responses: ServerResponse[] = [];
  return {
    responses,
    handle: (response) => {
      responses.push(response);
      response.writeHead(200);
      new BodyWriter(response, bodyOf(), onDone).pump();
    },
  };
}

/** Counts what is read of a body. */
class CountedBody extends WholeBody {
  bytesRead = 0;
  override readonly isInMemory = true;

  override read(maxBytes: number): Buffer | undefined {
    const piece = super.read(maxBytes);
    this.bytesRead += piece?.length ?? 0;
    return piece;
  }
}

describe('BodyWriter over HTTP/1.1', () => {
  it.each([0, 1, 16 * KIB, 16 * KIB + 1, 5_000 * KIB])('writes a body of %d bytes whole, and ends', async (size) => {
    const body = Buffer.alloc(size, 'abc');
    const onDone = vi.fn();
    const { handle } = answering(() => new WholeBody(body), onDone);
    const port = await listening(createServer((_, response) => handle(response)));
    const request = httpRequest({ port, agent: false }).end();
    const [answer] = (await once(request, 'response')) as [IncomingMessage];
    expect(Buffer.concat((await answer.toArray()) as Buffer[]).equals(body)).toBe(true);
    expect(onDone).toHaveBeenCalledOnce();
  });

  it('reads no further once its client has left, and says so once', async () => {
    const onDone = vi.fn();
    const bodies: CountedBody[] = [];
    const { handle, responses } = answering(
      () => (bodies.push(new CountedBody(Buffer.alloc(200_000 * KIB))), bodies.at(-1)!),
      onDone,
    );
    const port = await listening(createServer((_, response) => handle(response)));
    const request = httpRequest({ port, agent: false })
      .on('error', () => {})
      .end();
    await once(request, 'response');
    request.destroy();
    await once(responses[0]!, 'close');
    expect([onDone.mock.calls.length, bodies[0]!.bytesRead < 200_000 * KIB]).toEqual([1, true]);
  });

  it('reads no further after a write that failed, though its response is not closed yet', async () => {
    const onDone = vi.fn();
    const body = new CountedBody(Buffer.alloc(5_000 * KIB));
    // Node 26 calls back before it destroys the response
    const write = (_: Buffer, onTaken: (error: Error) => void) =>
      process.nextTick(() => onTaken(new Error('the client has left')));
    const response = Object.assign(new EventEmitter(), { write, destroyed: false, socket: null });
    new BodyWriter(response as unknown as ServerResponse, body, onDone).pump();
    const { bytesRead } = body;
    await new Promise(setImmediate);
    response.emit('close');
    expect([onDone.mock.calls.length, body.bytesRead, bytesRead < 5_000 * KIB]).toEqual([1, bytesRead, true]);
  });
});

describe('BodyWriter over HTTP/2', () => {
  async function session(
    handle: (response: ServerResponse) => void,
    initialWindowSize: number,
  ): Promise<ClientHttp2Session> {
    const classes = { Http2ServerRequest: Http1LikeRequest, Http2ServerResponse: Http1LikeResponse };
    const port = await listening(
      createHttp2Server(classes, (request: Http1LikeRequest, response: Http1LikeResponse) =>
        handle(asHttp1(request, response)[1]),
      ),
    );
    const client = connectHttp2(`http://127.0.0.1:${port}`, { settings: { initialWindowSize } }).on('error', () => {});
    ends.push(() => client.destroy());
    await once(client, 'remoteSettings');
    return client;
  }
  const ask = async (client: ClientHttp2Session, count: number) => {
    const streams = Array.from({ length: count }, () => client.request({}).on('error', () => {}));
    await Promise.all(streams.map((stream) => once(stream, 'response')));
    return streams;
  };

  it('writes one window ahead for one stream, less for many, and counts it until the client leaves', async () => {
    const bodies: CountedBody[] = [];
    const { handle } = answering(() => (bodies.push(new CountedBody(Buffer.alloc(1_000 * KIB))), bodies.at(-1)!));
    const client = await session(handle, 0);
    const before = bytesWrittenAhead();
    await ask(client, 1);
    expect(bytesWrittenAhead() - before).toBe(64 * KIB);
    await ask(client, 99);
    const ahead = bodies.map(({ bytesRead }) => bytesRead);
    expect([Math.max(...ahead), Math.min(...ahead)]).toEqual([64 * KIB, 16 * KIB]);
    expect(bytesWrittenAhead() - before).toBeLessThanOrEqual(1024 * KIB + 99 * 16 * KIB);
    client.destroy();
    await vi.waitFor(() => expect(bytesWrittenAhead()).toBe(before));
  });

  describe('of fonts', () => {
    const acknowledge: (() => void)[] = [];
    async function fonts(count: number, destination: string) {
      acknowledge.length = 0;
      const bodies: CountedBody[] = [];
      const { handle, responses } = answering(
        () => (bodies.push(new CountedBody(Buffer.alloc(300 * KIB, 'xyz'))), bodies.at(-1)!),
      );
      const client = await session((response) => {
        const { stream } = response as unknown as Http1LikeResponse;
        stream.session!.ping = (callback: unknown) => acknowledge.push(callback as () => void) > 0;
        handle(response);
      }, 1_000 * KIB);
      const streams = Array.from({ length: count }, () => client.request({ 'sec-fetch-dest': destination }));
      const received = streams.map((stream) => stream.toArray() as Promise<Buffer[]>);
      await vi.waitFor(() => expect(responses.length).toBe(count));
      return { bodies, received };
    }

    it('lets them wait until the client has received the former bytes, so that other answers pass', async () => {
      const { bodies, received } = await fonts(3, 'font');
      const bytesRead = () => bodies.reduce((sum, { bytesRead }) => sum + bytesRead, 0);
      let read = 0;
      while (bodies.some(({ isOver }) => !isOver)) {
        await vi.waitFor(() => expect(acknowledge.length).toBeGreaterThan(0));
        const more = bytesRead() - read;
        expect(more).toBeLessThanOrEqual((64 + 2 * 16) * KIB);
        read += more;
        for (const acknowledged of acknowledge.splice(0)) acknowledged();
      }
      for (const chunks of await Promise.all(received)) expect(Buffer.concat(chunks).length).toBe(300 * KIB);
    });

    it('does not hold up what a page needs', async () => {
      const { received } = await fonts(1, 'script');
      expect(Buffer.concat((await received[0])!).length).toBe(300 * KIB);
      expect(acknowledge).toEqual([]);
    });
  });

  it('goes on with every stream of a slow client, to the last byte', async () => {
    const body = Buffer.alloc(300 * KIB, 'xyz');
    const { handle } = answering(() => new WholeBody(body));
    const streams = await ask(await session(handle, 16 * KIB), 50);
    const answers = await Promise.all(
      streams.map(async (stream) => Buffer.concat((await stream.toArray()) as Buffer[]).equals(body)),
    );
    expect(answers).toEqual(Array(50).fill(true));
    await vi.waitFor(() => expect(bytesWrittenAhead()).toBe(0));
  });
});
