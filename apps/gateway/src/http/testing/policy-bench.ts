import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { connect as connectHttp2, type ClientHttp2Session } from 'node:http2';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { LoadBalancer } from '@slipstream/balancer';
import { CacheRules, ResponseCache, type ReadRule } from '@slipstream/http-cache';
import { ModelPool, createOpenAiHandler } from '@slipstream/llm';
import { createWebProxy, type StickinessOptions } from '@slipstream/proxy';
import { silentBus } from '@slipstream/redis';
import { sendProblem } from '@slipstream/http';
import { makeSelfSignedPair } from '../tls-pair.js';
import { LocalListeners } from './local-listeners.js';

/** Flat, like raw headers. */
export type Fields = readonly string[];
export const ROUTES = ['web over HTTP/1.1', 'web over HTTP/2', 'WebSocket', '/v1'] as const;
export type RouteName = (typeof ROUTES)[number];

const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
const logger = { isLevelEnabled: () => false, debug: () => {}, info: () => {}, warn: () => {} };
const CALL = JSON.stringify({ model: 'm' });

export interface BenchOptions {
  isTrusted?: boolean;
  /** Rules of the response cache. Absent: no cache. */
  reads?: readonly ReadRule[];
  ignoredCookies?: readonly string[];
  stickiness?: StickinessOptions;
  /** Answer of the backend to a GET. Default: empty. */
  answer?: (request: IncomingMessage) => { headers?: Record<string, string>; text: string };
}

/** The real listener with the web pool and `/v1`, and one backend that records its requests. */
export class PolicyBench {
  /** Fields of the latest request at the backend. */
  seen: string[] = [];
  requests = 0;
  private readonly listeners = new LocalListeners();
  private readonly ends: (() => unknown)[] = [];
  private plainPort = 0;
  private session!: ClientHttp2Session;

  private constructor(private readonly options: BenchOptions) {}

  static async start(options: BenchOptions = {}): Promise<PolicyBench> {
    const bench = new PolicyBench(options);
    const backendUrl = await bench.startBackend();
    await bench.startListeners(backendUrl);
    return bench;
  }

  async close(): Promise<void> {
    this.session.destroy();
    this.listeners.close();
    for (const end of this.ends.reverse()) await end();
  }

  /** Sends these fields on a route. @returns the fields at the backend */
  async fieldsAtBackend(route: RouteName, fields: Fields): Promise<string[]> {
    this.seen = [];
    if (route === 'web over HTTP/2') await this.getHttp2('/page', fields);
    else if (route === 'WebSocket') await this.exchange(handshake(fields), '\r\n\r\n');
    else await this.exchange(route === '/v1' ? post(fields) : get('/page', fields));
    return this.seen;
  }

  /** Sends a GET. @returns the body */
  async get(path: string, fields: Fields, over: 'HTTP/1.1' | 'HTTP/2' = 'HTTP/1.1'): Promise<string> {
    return over === 'HTTP/2' ? this.getHttp2(path, fields) : bodyOf(await this.exchange(get(path, fields)));
  }

  /** Returns the whole answer to a GET. */
  head(path: string, fields: Fields = []): Promise<string> {
    return this.exchange(get(path, fields));
  }

  private async exchange(bytes: string, until?: string): Promise<string> {
    const socket = connect(this.plainPort, '127.0.0.1', () => socket.write(bytes));
    let text = '';
    for await (const chunk of socket as AsyncIterable<Buffer>) {
      text += chunk.toString('latin1');
      if (until !== undefined && text.includes(until)) break;
    }
    return text;
  }

  private async getHttp2(path: string, fields: Fields): Promise<string> {
    const headers: Record<string, string> = { ':path': path, ':authority': AUTHORITY };
    for (let i = 0; i < fields.length; i += 2) headers[(fields[i] as string).toLowerCase()] = fields[i + 1] as string;
    const chunks = (await this.session.request(headers).toArray()) as Buffer[];
    return Buffer.concat(chunks).toString();
  }

  private async startBackend(): Promise<string> {
    const { answer = (): ReturnType<NonNullable<BenchOptions['answer']>> => ({ text: '' }) } = this.options;
    const server = createServer({ maxHeaderSize: 64 * 1024 }, (request, response) => {
      if (request.url === '/v1/models') return void response.end(JSON.stringify({ data: [{ id: 'm' }] }));
      this.note(request);
      const { headers = {}, text } = answer(request);
      request
        .resume()
        .once('end', () => response.writeHead(200, { ...headers, 'Content-Length': text.length }).end(text));
    });
    server.on('upgrade', (request, socket) => {
      this.note(request);
      const accept = createHash('sha1').update(`${request.headers['sec-websocket-key']}${GUID}`).digest('base64');
      socket
        .on('error', () => {})
        .write(
          'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: ' +
            `websocket\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
        );
    });
    return this.listening(server);
  }

  private note(request: IncomingMessage): void {
    this.seen = request.rawHeaders;
    this.requests += 1;
  }

  private async listening(server: Server): Promise<string> {
    const sockets = new Set<Socket>();
    server.on('connection', (socket: Socket) => sockets.add(socket.once('close', () => sockets.delete(socket))));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    this.ends.push(() => {
      for (const socket of sockets) socket.destroy();
      server.close();
    });
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  private async startListeners(backendUrl: string): Promise<void> {
    const balancer = new LoadBalancer({
      name: 'web',
      backends: [{ url: backendUrl }],
      healthCheck: { probe: async () => {} },
      logger,
    });
    const { stickiness } = this.options;
    const web = createWebProxy({
      balancer,
      connectTimeoutMs: 5_000,
      headersTimeoutMs: 30_000,
      idleTimeoutMs: 30_000,
      caching: this.caching(),
      stickiness,
      refuse: sendProblem,
      logger,
    });
    web.setBackends([backendUrl]);
    const models = new ModelPool({ backends: [{ url: `${backendUrl}/v1` }], logger });
    const openai = createOpenAiHandler(models, { logger });
    this.ends.push(() => Promise.all([web.close(), models.close()]));
    const trustedPeers = this.options.isTrusted === true ? ['loopback'] : [];
    const handlers = {
      web: web.request,
      native: web.request,
      hook: web.request,
      asset: web.request,
      openai: (...call: Parameters<typeof openai>) => void openai(...call),
    };
    const tls = await makeSelfSignedPair('127.0.0.1');
    const [plain, encrypted] = [
      await this.listeners.start(web.request, { handlers, upgrade: web.upgrade, trustedPeers }),
      await this.listeners.start(web.request, { handlers, trustedPeers, tls }),
    ];
    this.plainPort = plain.port;
    this.session = connectHttp2(encrypted.url, { ca: tls.cert }).on('error', () => {});
  }

  private caching() {
    const { reads, ignoredCookies = [], stickiness } = this.options;
    if (reads === undefined) return undefined;
    const names = stickiness === undefined ? ignoredCookies : [...ignoredCookies, stickiness.cookieName];
    const rules = new CacheRules({
      reads,
      writes: [],
      purge: () => {},
      bus: silentBus,
      secret: 's',
      tokenCookies: ['token'],
      claim: 'id',
      ignoredCookies: names,
    });
    return { cache: new ResponseCache(), rules };
  }
}

export const AUTHORITY = 'chat.example';
const lines = (fields: Fields): string => fields.map((text, i) => (i % 2 === 0 ? `${text}: ` : `${text}\r\n`)).join('');
const get = (path: string, fields: Fields): string =>
  `GET ${path} HTTP/1.1\r\nHost: ${AUTHORITY}\r\n${lines(fields)}Connection: close\r\n\r\n`;
const post = (fields: Fields): string =>
  `POST /v1/chat/completions HTTP/1.1\r\nHost: ${AUTHORITY}\r\n${lines(fields)}Content-Length: ` +
  `${CALL.length}\r\nConnection: close\r\n\r\n${CALL}`;
const handshake = (fields: Fields): string =>
  `GET /socket HTTP/1.1\r\nHost: ${AUTHORITY}\r\n${lines(fields)}Connection: Upgrade\r\nUpgrade: ` +
  'websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n';
const bodyOf = (answer: string): string => answer.slice(answer.indexOf('\r\n\r\n') + 4);
