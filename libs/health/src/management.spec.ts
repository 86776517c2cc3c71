import { createServer } from 'node:net';
import { once } from 'node:events';
import { Controller, Delete, Get, Post } from '@nestjs/common';
import { afterEach, describe, expect, it } from 'vitest';
import { StartupError, SlipstreamError } from '@slipstream/contracts';
import { createTelemetry } from '@slipstream/telemetry';
import { createManagement, Lifecycle, type Management, type ManagementOptions } from './index.js';
import type { Indicator } from './indicator.js';

const up: Indicator = { name: 'mongodb', isEssential: true, check: async () => undefined };
const down = (isEssential: boolean): Indicator => ({
  name: 'redis',
  isEssential,
  check: () => Promise.reject(new Error('nobody there')),
});
const hangs: Indicator = { name: 'rabbitmq', isEssential: true, check: () => new Promise(() => undefined) };

@Controller('admin/thing')
class AdminController {
  @Get()
  thing(): string {
    return 'thing';
  }

  @Get('broken')
  broken(): never {
    throw new Error('no answer from mongodb://me:s3cret@db');
  }

  @Post('broken')
  brokenPost(): never {
    throw new Error('no answer');
  }

  @Post()
  post(): string {
    return 'posted';
  }

  @Delete()
  remove(): string {
    return 'removed';
  }
}

class AdminModule {}
const modules = [{ module: AdminModule, controllers: [AdminController] }];

let management: Management | undefined;
afterEach(() => management?.close());

async function sut(options: Partial<ManagementOptions> = {}) {
  const { registry, nestLogger } = createTelemetry({ processName: 'test', level: 'silent' });
  const lifecycle = new Lifecycle();
  management = await createManagement({
    host: '127.0.0.1',
    port: 0,
    indicators: [up],
    lifecycle,
    metrics: () => registry.metrics(),
    logger: nestLogger,
    ...options,
  });
  const url = await management.listen();
  return { lifecycle, get: (path: string, init?: RequestInit) => fetch(`${url}${path}`, init) };
}

async function readiness(indicators: Indicator[]) {
  const { get } = await sut({ indicators });
  const response = await get('/health/ready');
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

describe('management listener', () => {
  it.each([
    ['all up', [up], 200, 'ok'],
    ['something that matters less is down', [up, down(false)], 200, 'degraded'],
    ['something essential is down', [up, down(true)], 503, 'error'],
    ['something essential hangs', [hangs], 503, 'error'],
  ])('ready when %s', async (_, indicators, status, word) => {
    const answer = await readiness(indicators);
    expect([answer.status, answer.body.status]).toEqual([status, word]);
  });

  it('shows a store that is down as down, also if the service can do without it', async () => {
    const { body } = await readiness([up, down(false)]);
    expect(JSON.stringify(body)).not.toContain('"degraded":true,"status":"up"');
    expect(body).toMatchObject({ details: { redis: { status: 'down', degraded: true } } });
    expect(body).toMatchObject({ info: { redis: { status: 'down', reason: 'nobody there' } } });
  });

  it('names what is down and why', async () => {
    expect((await readiness([down(true)])).body).toMatchObject({
      error: { redis: { status: 'down', reason: 'nobody there' } },
    });
  });

  it('is live, and not ready, while it drains', async () => {
    const { lifecycle, get } = await sut();
    lifecycle.beginDrain();
    expect((await get('/health/live')).status).toBe(200);
    expect((await get('/health/ready')).status).toBe(503);
  });

  it('serves Prometheus text', async () => {
    const { get } = await sut();
    expect(await (await get('/metrics')).text()).toMatch(/^# TYPE process_cpu_user_seconds_total counter$/m);
  });

  it('answers what it does not know as a problem', async () => {
    const response = await (await sut()).get('/nonsense');
    expect([response.status, response.headers.get('content-type')]).toEqual([
      404,
      expect.stringContaining('application/problem+json'),
    ]);
    expect(await response.json()).toMatchObject({ code: 'route_not_found' });
  });

  it('lets the guard decide on all but health and metrics', async () => {
    const guard = () => {
      throw new SlipstreamError('key_missing');
    };
    const { get } = await sut({ modules, guard });
    expect((await get('/admin/thing')).status).toBe(401);
    expect((await get('/health/live')).status).toBe(200);
    expect((await get('/metrics')).status).toBe(200);
  });

  it.each([
    ['GET', undefined],
    ['POST', '{"a":1}'],
  ])('names a failed %s by one request id in its header, its body and the log', async (method, body) => {
    const lines: string[] = [];
    const { nestLogger } = createTelemetry({
      processName: 'test',
      level: 'error',
      destination: { write: (line) => void lines.push(line) },
    });
    const { get } = await sut({ modules, logger: nestLogger });
    const headers = { 'x-request-id': 'failed-1', ...(body && { 'content-type': 'application/json' }) };
    const response = await get('/admin/thing/broken', { method, body, headers });
    expect(response.headers.get('x-request-id')).toBe('failed-1');
    expect(await response.json()).toMatchObject({ status: 500, requestId: 'failed-1' });
    expect(lines.map((line) => JSON.parse(line) as object)).toEqual([
      expect.objectContaining({ level: 'error', requestId: 'failed-1' }),
    ]);
  });

  it('gives a request without a valid id one of its own, and names it in refusals', async () => {
    const { get } = await sut({ modules });
    const response = await get('/nonsense', { headers: { 'x-request-id': 'a b' } });
    const requestId = response.headers.get('x-request-id');
    expect(requestId).toMatch(/^[0-9a-f]{32}$/);
    expect(await response.json()).toMatchObject({ code: 'route_not_found', requestId });
  });

  it('logs what broke and shows nothing of it', async () => {
    const lines: string[] = [];
    const { nestLogger } = createTelemetry({
      processName: 'test',
      level: 'error',
      destination: { write: (line) => void lines.push(line) },
    });
    const { get } = await sut({ modules, logger: nestLogger });
    const response = await get('/admin/thing/broken');
    expect(await response.json()).toMatchObject({
      status: 500,
      code: 'internal_error',
      detail: expect.not.stringContaining('mongodb'),
    });
    expect(lines.join()).toContain('no answer from mongodb');
  });

  it.each([
    ['{', 'application/json', 400, 'invalid_json'],
    [JSON.stringify('x'.repeat(2 ** 21)), 'application/json', 413, 'body_too_large'],
    ['x', 'text/strange', 415, 'unsupported_media_type'],
    ['{"a":1}', 'application/x-www-form-urlencoded', 415, 'unsupported_media_type'],
  ])('refuses a bad body with a stable code (%#)', async (body, type, status, code) => {
    const { get } = await sut({ modules });
    const response = await get('/admin/thing', { method: 'POST', headers: { 'content-type': type }, body });
    expect([response.status, ((await response.json()) as { code: string }).code]).toEqual([status, code]);
  });

  it('says in one line that the port is taken', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as { port: number };
    const refusal = await sut({ port }).catch((error: unknown) => error);
    other.close();
    expect(refusal).toBeInstanceOf(StartupError);
    expect((refusal as Error).message).toBe(
      `The management listener can't listen at 127.0.0.1:${port}: another process listens there; ` +
        'end it, or choose another port with MANAGEMENT_PORT.',
    );
  });
});

describe('JSON bodies of the management listener', () => {
  const post = (body: string) => ({ method: 'POST', body, headers: { 'content-type': 'application/json' } });
  const nested = (depth: number): string => `${'[{"a":'.repeat(depth / 2)}1${'}]'.repeat(depth / 2)}`;

  it.each([
    ['nested 256 deep', nested(256), 201],
    ['nested 258 deep', nested(258), 400],
    ['nested 5,000 deep', nested(5_000), 400],
    ['nested 100,000 deep', '['.repeat(100_000), 400],
    ['of 19,000 values', JSON.stringify(Array.from({ length: 19_000 }, () => [])), 201],
    ['of 300,000 values', JSON.stringify(Array.from({ length: 300_000 }, () => [])), 400],
    ['of a name that changes a prototype', '{"__proto__":{}}', 400],
    ['that is broken', '{', 400],
    ['that is empty', '', 400],
  ])('%s', async (_, body, status) => {
    const { get } = await sut({ modules });
    const answer = await get('/admin/thing', post(body));
    expect(answer.status).toBe(status);
    if (status === 400)
      expect(await answer.json()).toMatchObject({ status, code: expect.any(String), detail: expect.any(String) });
  });

  it.each(['application/json', 'application/json; charset=utf-8', 'text/plain', 'application/x-www-form-urlencoded'])(
    'a DELETE of type %s without content is done',
    async (type) => {
      const { get } = await sut({ modules });
      expect((await get('/admin/thing', { method: 'DELETE', headers: { 'content-type': type } })).status).toBe(200);
      expect(
        (await get('/admin/thing', { method: 'DELETE', headers: { 'content-type': type }, body: '' })).status,
      ).toBe(200);
    },
  );
});
