import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { SpanExporter, type SpanExporterOptions } from './span-exporter.js';
import type { SpanRecord } from './span-record.js';

const SPAN: SpanRecord = {
  traceId: 'a'.repeat(32),
  spanId: 'b'.repeat(16),
  name: 'GET',
  kind: 'server',
  startedAt: 1,
  endedAt: 2,
  attributes: new Map(),
  isFailed: false,
};

const servers: Server[] = [];
afterEach(() => servers.splice(0).forEach((server) => server.close().closeAllConnections()));

/** A collector, and an exporter for it. @param answer ends an export; by default accepts it */
async function exporting(
  answer: (response: ServerResponse) => void = (response) => void response.end('{}'),
  options: Partial<SpanExporterOptions> = {},
) {
  const exports: number[] = [];
  const server = createServer(async (request, response) => {
    const body = Buffer.concat(await request.toArray()).toString();
    exports.push(body.split('"traceId"').length - 1);
    answer(response);
  });
  servers.push(server);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const logger = { info: vi.fn(), warn: vi.fn() };
  const sut = new SpanExporter({
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/traces`,
    queueMaxSpans: 1000,
    timeoutMs: 10_000,
    resource: {},
    logger,
    ...options,
  });
  const add = (count: number) => Array.from({ length: count }).forEach(() => sut.add(SPAN));
  return { sut, add, exports, logger };
}

describe('SpanExporter', () => {
  it('sends full batches at once and the rest after a second, one export at a time', async () => {
    const { sut, add, exports } = await exporting();
    add(300);
    await vi.waitFor(() => expect(sut.counts).toEqual({ exported: 300, failed: 0, dropped: 0 }), 10_000);
    expect(exports).toEqual([128, 128, 44]);
  });

  it('drops what exceeds the queue while the collector hangs, and counts each span once', async () => {
    const { sut, add, exports } = await exporting(() => {}, { queueMaxSpans: 200, timeoutMs: 200 });
    add(150);
    await vi.waitFor(() => expect(exports).toEqual([128]));
    add(100);
    expect(sut.counts).toEqual({ exported: 0, failed: 0, dropped: 50 });
    await vi.waitFor(() => expect(sut.counts).toEqual({ exported: 0, failed: 200, dropped: 50 }), 10_000);
  });

  it('logs the begin and the end of an outage once, with the reason', async () => {
    let status = 500;
    const { sut, add, exports, logger } = await exporting((response) => void response.writeHead(status).end());
    add(128);
    await vi.waitFor(() => expect(sut.counts.failed).toBe(128));
    add(128);
    await vi.waitFor(() => expect(exports).toHaveLength(2), 5_000);
    await vi.waitFor(() => expect(sut.counts.failed).toBe(256));
    status = 200;
    add(1);
    await vi.waitFor(() => expect(sut.counts.exported).toBe(1), 5_000);
    expect(logger.warn.mock.calls).toEqual([
      [expect.objectContaining({ reason: 'it answered 500' }), expect.stringContaining('tracing.endpoint')],
    ]);
    expect(logger.info).toHaveBeenCalledOnce();
  });

  it('counts spans that a collector refuses by closing the connection, or that has none', async () => {
    const closing = await exporting((response) => void response.destroy());
    const absent = await exporting(undefined, { endpoint: 'http://127.0.0.1:1/v1/traces' });
    for (const { sut, add } of [closing, absent]) {
      add(128);
      await vi.waitFor(() => expect(sut.counts.failed).toBe(128));
    }
    expect(absent.logger.warn.mock.calls[0]?.[0]).toMatchObject({ collector: '127.0.0.1:1' });
  });

  it('does not follow a redirect, which would send the Authorization field elsewhere', async () => {
    const { sut, add, exports } = await exporting(
      (response) => void response.writeHead(307, { location: '/elsewhere' }).end(),
    );
    add(128);
    await vi.waitFor(() => expect(sut.counts.failed).toBe(128));
    expect(exports).toEqual([128]);
  });

  it('exports the waiting spans when it closes, and takes no more', async () => {
    const { sut, add, exports } = await exporting();
    add(130);
    await sut.close();
    add(1);
    expect(exports).toEqual([128, 2]);
    expect(sut.counts).toEqual({ exported: 130, failed: 0, dropped: 1 });
  });

  it('gives up spans that a hanging collector does not take when it closes', async () => {
    const { sut, add } = await exporting(() => {});
    add(300);
    await sut.close();
    expect(sut.counts).toEqual({ exported: 0, failed: 300, dropped: 0 });
  });
});
