import 'reflect-metadata';
import { SwaggerModule } from '@nestjs/swagger';
import type { Config } from '@slipstream/config';
import { createOpenAiHandler, type ModelPool } from '@slipstream/llm';
import type { Ports, Service } from '@slipstream/runtime';
import { greeting } from './greeting.js';
import { Authenticator } from './http/authenticator.js';
import { guarded } from './http/guarded.js';
import { landingPage } from './http/landing-page.js';
import { Listener } from './http/listener.js';
import { sendOpenAiRefusal } from './http/openai-error.js';
import { sendProblem } from './http/problem.js';
import { createNativeApi } from './native/native-api.js';
import { createWebPool } from './web-pool.js';

/** The page is on the management port, whose origin the public port refuses: it describes, and does not try. */
const DOCS = { customSiteTitle: 'Slipstream API', swaggerOptions: { supportedSubmitMethods: [] } };

/** The gateway at work: the public listener before the native API, the model pool and the web pool. */
export async function create(config: Config, { telemetry, stores, models }: Ports & { models: ModelPool }): Promise<Service> {
  const logger = telemetry.logger.child({ service: 'gateway' });
  const authenticator = new Authenticator(config.keys);
  const native = await createNativeApi(
    { stores, models, logger },
    {
      maxBodyBytes: config.listen.maxBodyBytes,
      nestLogger: telemetry.nestLogger,
      onRoute: (request, template) => listener.label(request, template),
    },
  );
  const openai = createOpenAiHandler(models, { maxBodyBytes: config.llm.maxBodyBytes, logger });
  const web = config.web.backends.length > 0 ? createWebPool(config, logger) : undefined;

  const listener: Listener = new Listener({
    host: config.listen.host,
    port: config.listen.port,
    metrics: telemetry.metrics.http,
    logger,
    upgrade: web?.proxy.upgrade,
    handlers: {
      native: guarded(authenticator, (request, response) => native.handle(request, response), (response, error, { requestId }) => sendProblem(response, error, requestId)),
      openai: guarded(authenticator, (request, response, context) => void openai(request, response, context), sendOpenAiRefusal),
      web: web?.proxy.request ?? landingPage(config.llm.backends.length === 0),
    },
  });
  const url = await listener.listen();
  logger.info({ url }, 'gateway listens');

  return {
    management: {
      guard: ({ headers, socket }) => authenticator.requireAdmin({ headers, remoteAddress: socket.remoteAddress }),
      configure: (app) => SwaggerModule.setup('docs', app, native.document, DOCS),
    },
    greeting: (managementUrl) => greeting({ url, managementUrl, isDemo: config.llm.backends.length === 0, hasKeys: config.keys.length > 0 }),
    async drain() {
      web?.proxy.drain();
      await listener.drain();
    },
    async close() {
      listener.close();
      await Promise.all([native.close(), web?.close()]);
    },
  };
}
