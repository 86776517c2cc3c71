import 'reflect-metadata';
import { Controller, Get, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { ApiResponse, ApiTags, type Swagger } from './decorators.js';
import { serveDescriptions } from './description-pages.js';

@ApiTags('things')
@Controller('things')
class ThingsController {
  @Get()
  @ApiResponse({ status: 200, standardSchema: z.object({ name: z.string() }) })
  list(): void {}
}

@Module({ controllers: [ThingsController] })
class ThingsModule {}

const describeThings = (swagger: Swagger) =>
  swagger.SwaggerModule.createDocument(app, new swagger.DocumentBuilder().setTitle('Things').build());
const describe = vi.fn(describeThings);
const logger = { error: vi.fn() };
let app: NestFastifyApplication;

beforeEach(async () => {
  vi.clearAllMocks();
  app = await NestFactory.create<NestFastifyApplication>(ThingsModule, new FastifyAdapter(), { logger: false });
  const fastify = app.getHttpAdapter().getInstance();
  fastify.addHook('onRequest', async (_, reply) => void reply.header('x-request-id', 'r1'));
  serveDescriptions(app, { 'docs/admin': describe, docs: describe }, logger);
  await app.init();
  await fastify.ready();
});
afterEach(() => app.close());

const get = (url: string) => app.inject({ url });

it('describes what the decorators of a controller say', async () => {
  const { paths } = (await get('/docs-json')).json();
  expect(paths['/things'].get).toMatchObject({
    tags: ['things'],
    responses: { 200: { content: { 'application/json': { schema: { properties: { name: { type: 'string' } } } } } } },
  });
});

it.each([
  ['/docs', 'text/html', 'Slipstream API'],
  ['/docs/', 'text/html', 'Slipstream API'],
  ['/docs/swagger-ui-init.js', 'application/javascript', 'things'],
  ['/docs/swagger-ui.css', 'text/css', '.swagger-ui'],
  ['/docs-yaml', 'text/yaml', 'title: Things'],
  ['/docs/admin', 'text/html', 'Slipstream API'],
  ['/docs/admin-json', 'application/json', '"title":"Things"'],
])('serves %s', async (url, type, text) => {
  const { statusCode, headers, body } = await get(url);
  expect([statusCode, headers['content-type'], headers['x-request-id']]).toEqual([
    200,
    expect.stringContaining(type),
    'r1',
  ]);
  expect(body).toContain(text);
});

it('answers an unknown page with a problem document', async () => {
  const { statusCode, headers } = await get('/docs/nonsense');
  expect([statusCode, headers['content-type']]).toEqual([404, expect.stringContaining('application/problem+json')]);
});

it('builds a description at its first request, once', async () => {
  expect(describe).not.toHaveBeenCalled();
  await Promise.all([get('/docs-json'), get('/docs-json')]);
  await get('/docs-yaml');
  expect(describe).toHaveBeenCalledTimes(1);
});
