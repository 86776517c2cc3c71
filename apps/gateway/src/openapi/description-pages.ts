import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { OpenAPIObject } from '@nestjs/swagger';
import { ProblemFilter } from '@slipstream/health';
import type { Logger } from '@slipstream/telemetry';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { loadSwagger, type Swagger } from './decorators.js';

/** Builds the description of an API. */
export type Describe = (swagger: Swagger) => OpenAPIObject;

/**
 * The pages are on the management port, and the public port refuses their origin. They therefore describe requests and
 * do not send them.
 */
const PAGE = { customSiteTitle: 'Slipstream API', swaggerOptions: { supportedSubmitMethods: [] } };
const ROUTES = ['/docs', '/docs-json', '/docs-yaml', '/docs/*'];

@Module({})
class PagesModule {}

/**
 * Serves descriptions as pages, JSON and YAML. The first request builds them, because few processes need them.
 *
 * @param descriptions by path, `docs` or below it
 */
export function serveDescriptions(
  app: NestFastifyApplication,
  descriptions: Readonly<Record<string, Describe>>,
  logger: Pick<Logger, 'error'>,
): void {
  let pages: Promise<FastifyInstance> | undefined;
  const answer = async ({ raw }: FastifyRequest, reply: FastifyReply): Promise<void> => {
    const { routing } = await (pages ??= createPages(descriptions, logger));
    reply.hijack();
    for (const [name, value] of Object.entries(reply.getHeaders())) if (value) reply.raw.setHeader(name, value);
    routing(raw, reply.raw);
  };
  const fastify = app.getHttpAdapter().getInstance();
  for (const route of ROUTES) fastify.get(route, answer);
}

/** A listener takes no routes once it is open, so the pages are an application of their own. */
async function createPages(
  descriptions: Readonly<Record<string, Describe>>,
  logger: Pick<Logger, 'error'>,
): Promise<FastifyInstance> {
  const swagger = await loadSwagger();
  const app = await NestFactory.create<NestFastifyApplication>(PagesModule, new FastifyAdapter(), { logger: false });
  app.useGlobalFilters(new ProblemFilter((error) => logger.error(error)));
  for (const [path, describe] of Object.entries(descriptions))
    swagger.SwaggerModule.setup(path, app, () => describe(swagger), PAGE);
  await app.init();
  const fastify = app.getHttpAdapter().getInstance();
  await fastify.ready();
  return fastify;
}
