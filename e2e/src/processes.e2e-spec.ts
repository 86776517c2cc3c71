import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { connect as connectTls } from 'node:tls';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { getOnOwnConnection } from './own-connection.js';
import { refusedStart, startService, type ServiceProcess } from './process.js';
import { isRunning, recordOf, signalProcess } from './processes.mjs';

const AWAY = {
  REDIS_URL: 'redis://127.0.0.1:1',
  RABBITMQ_URL: 'amqp://127.0.0.1:1',
  MONGODB_URI: 'mongodb://127.0.0.1:1/none',
};
/** Requests that have come by now under `/hold`, to be answered by the test. */
const held: { end: (text: string) => void }[] = [];
/** How often `/counted` was asked for, which may be kept for a minute. */
let count = 0;
let pod: Server;
let podUrl: string;

beforeAll(async () => {
  pod = createServer((req, res) => {
    if (req.url === '/hold') held.push(res);
    else if (req.url === '/counted') res.writeHead(200, { 'cache-control': 'public, max-age=60' }).end(String(++count));
    else res.end('page');
  });
  pod.listen(0, '127.0.0.1');
  await once(pod, 'listening');
  podUrl = `http://127.0.0.1:${(pod.address() as { port: number }).port}`;
});
afterAll(() => (pod.closeAllConnections(), pod.close()));

const get = async (url: string): Promise<string> => (await getOnOwnConnection(url)).text;

/** Of the processes that have said that they are up. */
const pidsOf = ({ logs }: ServiceProcess): number[] =>
  logs.filter(({ msg }) => msg === 'gateway is up').map(({ pid }) => Number(pid));

/** Of the certificate that is shown on one connection. */
async function fingerprintOf(url: string): Promise<string> {
  const { port, hostname } = new URL(url);
  const socket = connectTls({ port: Number(port), host: hostname, rejectUnauthorized: false });
  await once(socket, 'secureConnect');
  const { fingerprint256 } = socket.getPeerCertificate();
  socket.destroy();
  return fingerprint256;
}

describe('a gateway of two processes', () => {
  let gateway: ServiceProcess;
  beforeEach(async () => {
    held.length = 0;
    gateway = await startService('gateway', { ...AWAY, WEB_BACKENDS: podUrl, PROCESSES: '2' });
    await vi.waitFor(() => expect(pids().size).toBe(2), { timeout: 60_000 });
  });
  afterEach(() => gateway.stop());

  const metrics = () => get(`${gateway.managementUrl}/metrics`);
  const backends = async () =>
    (JSON.parse(await get(`${gateway.managementUrl}/admin/backends`)) as { items: { own: { requests: number } }[] })
      .items;
  const valueOf = async (series: string): Promise<number> =>
    Number(
      (await metrics())
        .split('\n')
        .find((line) => line.startsWith(`${series} `))
        ?.split(' ')[1],
    );
  const pids = () => new Set(pidsOf(gateway));
  const records = () => [...pids()].map((pid) => recordOf(pid, process.execPath)!);

  it('shares one listener and one set of metrics', async () => {
    const answers = await Promise.all(Array.from({ length: 40 }, () => get(gateway.url)));
    expect(new Set(answers)).toEqual(new Set(['page']));
    const label = `{pool="web",backend="${podUrl}",status="2xx"}`;
    await vi.waitFor(async () => expect(await valueOf(`slipstream_backend_answers_total${label}`)).toBe(40));
    expect(await valueOf('slipstream_processes')).toBe(2);
    expect(await valueOf('slipstream_processes_silent')).toBe(0);
    const counts = [
      ...(await metrics()).matchAll(/^slipstream_http_request_duration_seconds_count\{.*route="web".*\} (\d+)$/gm),
    ].map(([, count]) => Number(count));
    expect(counts).toEqual([40]);
  });

  it('purges as one, without Redis', async () => {
    const seen = async () =>
      new Set(await Promise.all(Array.from({ length: 40 }, () => get(`${gateway.url}/counted`))));
    const before = await seen();
    const purge = await fetch(`${gateway.managementUrl}/admin/cache/purge`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"url":"/counted"}',
    });
    expect(purge.status).toBe(202); // Redis has not got it
    await vi.waitFor(async () => expect([...(await seen())].filter((text) => before.has(text))).toEqual([]), {
      timeout: 2000,
    });
  });

  it('tells of the caches of both, whichever is asked', async () => {
    await Promise.all(Array.from({ length: 40 }, () => get(`${gateway.url}/counted`)));
    const told = await Promise.all(Array.from({ length: 10 }, () => get(`${gateway.managementUrl}/admin/cache`)));
    const figures = told.map(
      (text) =>
        JSON.parse(text) as {
          processes: number;
          responses: { answers: Record<string, number>; memory: { entries: number } };
        },
    );
    for (const { processes, responses } of figures) {
      expect(processes).toBe(2);
      expect(Object.values(responses.answers).reduce((sum, answered) => sum + answered)).toBe(40);
      expect(responses.memory.entries).toBe(2);
    }
  });

  it('tells what both have under way, whichever is asked', async () => {
    const holding = [get(`${gateway.url}/hold`), get(`${gateway.url}/hold`), get(`${gateway.url}/hold`)];
    // the others stop waiting for the first answer
    await vi.waitFor(() => expect(held).toHaveLength(3), 15_000);
    const told = await Promise.all(Array.from({ length: 10 }, () => backends()));
    expect(told.map(([first]) => first!.own.requests)).toEqual(told.map(() => 3));
    held.forEach((response) => response.end('held'));
    expect(await Promise.all(holding)).toEqual(['held', 'held', 'held']);
  });

  it('serves on when one is killed, and starts another in its place', async () => {
    await Promise.all(Array.from({ length: 40 }, () => get(gateway.url)));
    const answered = `slipstream_backend_answers_total{pool="web",backend="${podUrl}",status="2xx"}`;
    await vi.waitFor(async () => expect(await valueOf(answered)).toBe(40));
    signalProcess(records()[0]!, 'SIGKILL');
    await vi.waitFor(() => expect(pids().size).toBe(3), { timeout: 15_000 });
    expect(await valueOf(answered)).toBe(40); // what the killed one counted stays
    expect(new Set(await Promise.all(Array.from({ length: 20 }, () => get(gateway.url))))).toEqual(new Set(['page']));
    expect(await valueOf('slipstream_processes')).toBe(2);
  });

  it('finishes what both are answering when it is stopped', async () => {
    const holding = Array.from({ length: 6 }, () => get(`${gateway.url}/hold`));
    await vi.waitFor(() => expect(held).toHaveLength(6), 15_000);
    const started = records();
    const stopped = gateway.stop();
    await vi.waitFor(() =>
      expect(gateway.logs.filter(({ msg }) => msg === 'shutting down: no new work is accepted').length).toBe(3),
    );
    held.forEach((response) => response.end('held'));
    expect(await Promise.all(holding)).toEqual(holding.map(() => 'held'));
    expect(await stopped).toBe(0);
    expect(started.filter(isRunning)).toEqual([]);
  });

  it('leaves no process behind when its first one is killed', async () => {
    const started = records();
    await gateway.stop('SIGKILL');
    await vi.waitFor(() => expect(started.filter(isRunning)).toEqual([]), { timeout: 10_000 });
    // what ends may still hold its socket
    await vi.waitFor(() => expect(get(gateway.url)).rejects.toThrow('ECONNREFUSED'), { timeout: 10_000 });
  });
});

describe('several processes', () => {
  async function startGateway(env: NodeJS.ProcessEnv): Promise<ServiceProcess> {
    const gateway = await startService('gateway', { ...AWAY, PROCESSES: '2', ...env });
    onTestFinished(async () => void (await gateway.stop()));
    await vi.waitFor(() => expect(pidsOf(gateway)).toHaveLength(2), { timeout: 60_000 });
    return gateway;
  }

  it('balance as one: each knows what the other has under way, without Redis', async () => {
    const other = createServer((req, res) => (req.url === '/hold' ? held.push(res) : res.end('other pod'))).listen(
      0,
      '127.0.0.1',
    );
    await once(other, 'listening');
    onTestFinished(() => (other.closeAllConnections(), void other.close()));
    const gateway = await startGateway({
      WEB_BACKENDS: `${podUrl},http://127.0.0.1:${(other.address() as { port: number }).port}`,
    });
    held.length = 0;
    const holding = get(`${gateway.url}/hold`);
    await vi.waitFor(() => expect(held).toHaveLength(1), 15_000);
    // One of them has asked one of the pods: all that comes now, to either, goes to the other pod.
    await vi.waitFor(async () => {
      const answers: string[] = [];
      for (let n = 0; n < 20; n++) answers.push(await get(gateway.url));
      expect(new Set(answers).size).toBe(1);
    }, 15_000);
    held[0]!.end('held');
    expect(await holding).toBe('held');
  });

  it('have one self-signed certificate, also those that come later', async () => {
    const gateway = await startGateway({ WEB_BACKENDS: podUrl, TLS_SELF_SIGNED: 'true' });
    const seen = async () => new Set(await Promise.all(Array.from({ length: 20 }, () => fingerprintOf(gateway.url))));
    const [first, ...others] = await seen();
    signalProcess(recordOf(pidsOf(gateway)[0], process.execPath)!, 'SIGKILL');
    await vi.waitFor(() => expect(pidsOf(gateway)).toHaveLength(3), { timeout: 15_000 });
    expect([others, await seen()]).toEqual([[], new Set([first])]);
  });

  it('are refused, in one message, where they make no sense', async () => {
    const { code, text } = await refusedStart('standalone', { PROCESSES: '2' });
    expect([code, text.match(/processes \(PROCESSES\)/g)]).toEqual([1, ['processes (PROCESSES)']]);
  });

  it('tell once why none of them can start, and end', async () => {
    const taken = createServer();
    taken.listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const { code, text } = await refusedStart('gateway', {
      ...AWAY,
      PROCESSES: '2',
      PORT: String((taken.address() as { port: number }).port),
    });
    expect([code, text.match(/public listener/g)]).toEqual([1, ['public listener']]);
    taken.close();
  });
});
