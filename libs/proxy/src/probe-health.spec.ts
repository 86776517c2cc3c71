import { createServer } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { UnwellError } from '@slipstream/balancer';
import { probeHealth, type HealthProbeOptions } from './probe-health.js';
import { LocalServers } from './testing/local-servers.js';

const local = new LocalServers();
afterEach(() => local.close());

const OPTIONS: HealthProbeOptions = { path: '/health', minStatus: 200, maxStatus: 299 };
const backendAt = (url: string) => ({ url, weight: 1, priority: 0, isDraining: false });
const signal = () => AbortSignal.timeout(1_000);

describe('a health check', () => {
  it.each<[string, Partial<HealthProbeOptions>, number, string, boolean]>([
    ['a good status', {}, 204, '', true],
    ['a status above', {}, 300, '', false],
    ['a status below', { minStatus: 201 }, 200, '', false],
    ['the only good status', { minStatus: 418, maxStatus: 418 }, 418, 'x', true],
    ['the expected text', { expectedBody: '"status":true' }, 200, '{"status":true}', true],
    ['another text', { expectedBody: '"status":true' }, 200, '{"status":false}', false],
    ['the expected text too late', { expectedBody: 'end' }, 200, `${'x'.repeat(70_000)}end`, false],
  ])('of %s', async (_, options, status, body, passes) => {
    const url = await local.http((req, res) => (req.url === '/health' ? res.writeHead(status).end(body || undefined) : res.destroy()));
    const checking = probeHealth({ ...OPTIONS, ...options })(backendAt(url), signal());
    if (passes) await checking;
    else await expect(checking).rejects.toThrow(UnwellError);
  });

  it('of nobody says that nobody is there', async () => {
    await expect(probeHealth(OPTIONS)(backendAt(await local.nobody()), signal())).rejects.toThrow('ECONNREFUSED');
  });

  it('asks by the name that the backend was found by', async () => {
    const hosts: (string | undefined)[] = [];
    const url = await local.http((req, res) => (hosts.push(req.headers.host), res.end()));
    await probeHealth(OPTIONS)({ ...backendAt(url), serverName: 'pods.example' }, signal());
    expect(hosts).toEqual(['pods.example']);
  });
});

describe('a check of the WebSocket', () => {
  const FRAME = Buffer.from([0x81, 0x02, 0x30, 0x7b]);
  /** `null`: agrees, and stays silent. */
  async function pod(greeting: Buffer | null | undefined) {
    const server = createServer((_, res) => res.end());
    if (greeting !== undefined) {
      server.on('upgrade', (_, socket) => {
        socket.on('error', () => {}).write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
        if (greeting) socket.write(greeting);
      });
    }
    return backendAt(await local.listening(server));
  }

  it('finds the pod that is deaf while others hear', async () => {
    const probe = probeHealth({ ...OPTIONS, webSocketPath: '/ws' });
    await probe(await pod(FRAME), signal());
    await expect(probe(await pod(undefined), signal())).rejects.toThrow(UnwellError);
    await expect(probe(await pod(null), AbortSignal.timeout(100))).rejects.toThrow(UnwellError);
  });

  it('finds nothing where nobody hears', async () => {
    const probe = probeHealth({ ...OPTIONS, webSocketPath: '/ws' });
    const hearing = await pod(FRAME);
    await probe(await pod(undefined), signal());
    await probe(hearing, signal());
    await probe({ ...hearing, url: (await pod(FRAME)).url }, signal());
  });
});
