import 'reflect-metadata';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { LoggerService } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { boundJsonBodies, fromFramework } from '@slipstream/health';
import { sendProblem } from '@slipstream/http';
import { contextOf } from '../http/request-context.js';
import { NATIVE_PREFIX } from '../http/routes.js';
import { NativeModule, type NativePorts } from './native.module.js';

export interface NativeApi {
  handle(request: IncomingMessage, response: ServerResponse): void;
  /** OpenAPI description of all that {@link handle} answers. */
  document: OpenAPIObject;
  close(): Promise<void>;
}

/**
 * The native API as a function of request and response. Nest never listens: the gateway's own listener hands requests
 * to Fastify.
 * @param onRoute told the route's template when a request is answered, for metrics
 */
export async function createNativeApi(
  ports: NativePorts,
  {
    maxBodyBytes,
    nestLogger,
    onRoute,
  }: { maxBodyBytes: number; nestLogger: LoggerService; onRoute: (request: IncomingMessage, template: string) => void },
): Promise<NativeApi> {
  const adapter = new FastifyAdapter({
    bodyLimit: maxBodyBytes,
    // Longer than any id, so that the schema of the parameter refuses what is too long, not the router.
    routerOptions: { maxParamLength: 1024 },
    // What Fastify refuses before Nest hears of it: a path that can't be decoded, or has an endless part.
    frameworkErrors: (error: Error, request: FastifyRequest, reply: FastifyReply) => {
      reply.hijack();
      sendProblem(reply.raw, fromFramework(error), contextOf(request.raw).requestId);
    },
  });
  // Fastify's own body parser takes JSON; Nest's takes forms too, which is what curl -d sends when nobody says what it
  // is.
  const app = await NestFactory.create<NestFastifyApplication>(NativeModule.with(ports), adapter, {
    logger: nestLogger,
    bodyParser: false,
  });
  app.setGlobalPrefix(NATIVE_PREFIX);
  const fastify = app.getHttpAdapter().getInstance();
  boundJsonBodies(fastify);
  fastify.addHook('onRequest', async ({ raw, routeOptions }) => onRoute(raw, routeOptions.url ?? 'unknown'));
  const document = SwaggerModule.createDocument(app, description());
  await app.init();
  await fastify.ready();
  return { handle: (request, response) => fastify.routing(request, response), document, close: () => app.close() };
}

const description = () =>
  new DocumentBuilder()
    .setTitle('Slipstream native API')
    .setDescription(
      'Users, chats, and durable generations with resumable event streams. Errors are RFC 9457 problem ' +
        'documents with a stable `code`.',
    )
    .setVersion('1')
    .addBearerAuth()
    .build();
