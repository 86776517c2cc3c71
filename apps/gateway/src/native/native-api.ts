import 'reflect-metadata';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { LoggerService } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { boundJsonBodies, fromFramework, NO_ROUTE_SCHEMAS } from '@slipstream/health';
import { sendProblem, type RequestBodyBudget } from '@slipstream/http';
import { contextOf } from '../http/request-context.js';
import type { Swagger } from '../openapi/decorators.js';
import type { Describe } from '../openapi/description-pages.js';
import { passFilesOn } from './documents/pass-files-on.js';
import { NATIVE_PREFIX } from '../http/routes.js';
import { NativeModule, type NativePorts } from './native.module.js';

export interface NativeApi {
  handle(request: IncomingMessage, response: ServerResponse): void;
  /** Builds the OpenAPI description of {@link handle}. */
  describe: Describe;
  close(): Promise<void>;
}

export interface NativeApiOptions {
  /** Largest JSON body. */
  maxBodyBytes: number;
  /** Memory for request bodies. */
  bodies: RequestBodyBudget;
  nestLogger: LoggerService;
  /** Called with the route template of an answered request, for metrics. */
  onRoute: (request: IncomingMessage, template: string) => void;
}

/**
 * The native API as a function of request and response. Nest does not listen: the gateway's own listener passes
 * requests to Fastify.
 */
export async function createNativeApi(
  ports: NativePorts,
  { maxBodyBytes, bodies, nestLogger, onRoute }: NativeApiOptions,
): Promise<NativeApi> {
  // Fastify's own parser accepts JSON only. Nest's accepts forms too, which curl -d sends by default.
  const app = await NestFactory.create<NestFastifyApplication>(NativeModule.with(ports), adapterFor(maxBodyBytes), {
    logger: nestLogger,
    bodyParser: false,
  });
  app.setGlobalPrefix(NATIVE_PREFIX);
  const fastify = app.getHttpAdapter().getInstance();
  boundJsonBodies(fastify);
  passFilesOn(fastify);
  fastify.addHook('onRequest', async ({ raw, routeOptions }) => onRoute(raw, routeOptions.url ?? 'unknown'));
  fastify.addHook('preParsing', async ({ raw }, reply, payload) => {
    if (isJson(raw)) await bodies.admit(raw, reply.raw, maxBodyBytes);
    return payload;
  });
  await app.init();
  await fastify.ready();
  const describe: Describe = (swagger) => swagger.SwaggerModule.createDocument(app, description(swagger));
  return { handle: (request, response) => fastify.routing(request, response), describe, close: () => app.close() };
}

/** Other bodies are streams to their routes, or refused. */
const isJson = ({ headers }: IncomingMessage): boolean => /^application\/json\b/i.test(headers['content-type'] ?? '');

const adapterFor = (maxBodyBytes: number): FastifyAdapter =>
  new FastifyAdapter({
    ...NO_ROUTE_SCHEMAS,
    bodyLimit: maxBodyBytes,
    // Longer than any id, so that the schema of the parameter refuses long ones, not the router.
    routerOptions: { maxParamLength: 1024 },
    // Requests that Fastify refuses before Nest: a path that can't be decoded, or has a very long segment.
    frameworkErrors: (error: Error, request: FastifyRequest, reply: FastifyReply) => {
      reply.hijack();
      sendProblem(reply.raw, fromFramework(error), contextOf(request.raw).requestId);
    },
  });

const description = ({ DocumentBuilder }: Swagger) =>
  new DocumentBuilder()
    .setTitle('Slipstream native API')
    .setDescription(
      'Users, chats, and durable generations with resumable event streams. Errors are RFC 9457 problem ' +
        'documents with a stable `code`.',
    )
    .setVersion('1')
    .addBearerAuth()
    .build();
