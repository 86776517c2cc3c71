import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Describe } from './description-pages.js';

/** Describes the administration, which `app` serves. */
export const describeAdmin =
  (app: NestFastifyApplication): Describe =>
  ({ DocumentBuilder, SwaggerModule }) =>
    SwaggerModule.createDocument(
      app,
      new DocumentBuilder().setTitle('Slipstream administration').setVersion('1').addBearerAuth().build(),
    );
