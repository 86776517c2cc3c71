import { createServer } from 'node:http';
import { StartupError } from '@slipstream/contracts';
import { createTelemetry } from '@slipstream/telemetry';
import { createManagement, runProcess } from '../index.js';

/** A process for the life-cycle spec: its work in progress is one request to `/work`, which ends when `/finish` is called. */
await runProcess(async (lifecycle) => {
  if (process.argv[2] === 'refuse') throw new StartupError('There is no port for you. Choose another with PORT.');
  const { logger, nestLogger, registry } = createTelemetry({ service: 'fixture', level: 'silent' });
  const work = Promise.withResolvers<void>();
  const finisher = createServer((_, response) => (work.resolve(), response.end())).listen(0, '127.0.0.1');
  const management = await createManagement({ host: '127.0.0.1', port: 0, indicators: [], lifecycle, registry, logger: nestLogger });
  const url = await management.listen();
  process.stdout.write(`${JSON.stringify({ url, finish: (finisher.address() as { port: number }).port })}\n`);
  return { logger, graceMs: 20_000, drain: () => work.promise, close: () => management.close() };
});
