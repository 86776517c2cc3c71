import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startService, type ServiceProcess } from './process.js';
import { agreeToWebSocket, openWebSocket } from './websocket.js';

/**
 * A web application as far as a gateway sees one: pages, an event stream, an echo over WebSocket's handshake, a health
 * path.
 */
async function pod(name: string): Promise<{ url: string; server: Server }> {
  const server = createServer((req, res) => {
    if (req.url === '/health') return void res.end('ok');
    if (req.url === '/events') {
      res.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' });
      for (const n of [1, 2, 3]) res.write(`data: ${n}\n\n`);
      return void res.end();
    }
    res.setHeader('content-type', 'application/json');
    res.end(JSON.stringify({ name, url: req.url, headers: req.headers }));
  });
  server.on('upgrade', (req, socket) => {
    agreeToWebSocket(socket).write(`${name} ${req.url} `);
    socket.pipe(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { url: `http://127.0.0.1:${(server.address() as { port: number }).port}`, server };
}

const AWAY = {
  REDIS_URL: 'redis://127.0.0.1:1',
  RABBITMQ_URL: 'amqp://127.0.0.1:1',
  MONGODB_URI: 'mongodb://127.0.0.1:1/none',
};

describe('a gateway before a web application, without any store', () => {
  let pods: Awaited<ReturnType<typeof pod>>[];
  let gateway: ServiceProcess;

  beforeAll(async () => {
    pods = await Promise.all([pod('one'), pod('two')]);
    gateway = await startService('gateway', {
      ...AWAY,
      WEB_BACKENDS: pods.map(({ url }) => url).join(),
      WEB_PRESET: 'open-webui',
    });
  });
  afterAll(async () => {
    await gateway.stop();
    pods.forEach(({ server }) => (server.closeAllConnections(), server.close()));
  });

  const page = async (path: string, headers = {}) =>
    (await (await fetch(`${gateway.url}${path}`, { headers })).json()) as {
      name: string;
      url: string;
      headers: Record<string, string>;
    };

  it('passes pages through, to both pods, with clean headers', async () => {
    const pages = await Promise.all(
      Array.from({ length: 8 }, () =>
        page('/c/1?x=%2F', { 'x-openwebui-user-email': 'admin@example', 'x-forwarded-for': '1.2.3.4' }),
      ),
    );
    expect(new Set(pages.map(({ name }) => name))).toEqual(new Set(['one', 'two']));
    expect(pages[0]!.url).toBe('/c/1?x=%2F');
    expect(pages[0]!.headers).not.toHaveProperty('x-openwebui-user-email');
    expect(pages[0]!.headers).toMatchObject({
      'x-forwarded-for': '127.0.0.1',
      via: expect.stringMatching(/^1\.1 slipstream-\w+$/) as string,
    });
  });

  it('keeps its own paths to itself', async () => {
    expect((await fetch(`${gateway.url}/v1/models`)).headers.get('content-type')).toContain('application/json');
    expect((await fetch(`${gateway.url}/slipstream/v1/users`)).status).toBe(503);
  });

  it('passes event streams through', async () => {
    const response = await fetch(`${gateway.url}/events`);
    expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    expect(await response.text()).toBe('data: 1\n\ndata: 2\n\ndata: 3\n\n');
  });

  it('joins WebSockets', async () => {
    const { socket, head } = await openWebSocket(`${gateway.url}/ws/socket.io?EIO=4`);
    let text = head.toString();
    socket.on('data', (chunk: Buffer) => (text += chunk)).write('ping');
    await expect.poll(() => text).toMatch(/^(?:one|two) \/ws\/socket\.io\?EIO=4 ping$/);
    socket.destroy();
  });

  it('a pod that goes away is not noticed', async () => {
    pods[0]!.server.closeAllConnections();
    await new Promise((resolve) => pods[0]!.server.close(resolve));
    const pages = await Promise.all(Array.from({ length: 20 }, () => page('/')));
    expect(new Set(pages.map(({ name }) => name))).toEqual(new Set(['two']));
  });
});

describe('a gateway without a web application', () => {
  it('has a short page at /, and nothing else', async () => {
    const gateway = await startService('gateway', AWAY);
    const home = await fetch(gateway.url);
    expect([home.status, home.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    expect(await home.text()).toContain('Slipstream is running');
    const rest = await fetch(`${gateway.url}/c/1`);
    expect([rest.status, await rest.json()]).toMatchObject([404, { code: 'route_not_found' }]);
    expect(await gateway.stop()).toBe(0);
  });
});
