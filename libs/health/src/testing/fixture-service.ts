import { createServer } from 'node:http';
import { StartupError } from '@slipstream/contracts';
import { createTelemetry } from '@slipstream/telemetry';
import { createManagement, runProcess } from '../index.js';

/** A process for the life-cycle spec: its work in progress is one request to `/work`, which ends when `/finish` is called. */
await runProcess(async (lifecycle) => {
  if (process.argv[2] === 'refuse') throw new StartupError('There is no port for you. Choose another with PORT.');
  if (process.argv[2] === 'hang') return hang();
  const { logger, nestLogger, registry } = createTelemetry({ processName: 'fixture', level: process.argv[2] === 'drain-fails' ? 'error' : 'silent' });
  const work = Promise.withResolvers<void>();
  const finisher = createServer((_, response) => (work.resolve(), response.end())).listen(0, '127.0.0.1');
  const management = await createManagement({ host: '127.0.0.1', port: 0, indicators: [], lifecycle, metrics: () => registry.metrics(), logger: nestLogger });
  const url = await management.listen();
  process.stdout.write(`${JSON.stringify({ url, finish: (finisher.address() as { port: number }).port })}\n`);
  const drain = () => (process.argv[2] === 'drain-fails' ? Promise.reject(new Error('stuck')) : work.promise);
  const close = async () => {
    await management.close();
    process.stdout.write('closed\n');
  };
  return { logger, graceMs: 20_000, drain, close };
});

/** A start that waits for what never comes, with something that keeps the process alive. */
function hang(): Promise<never> {
  createServer().listen(0, '127.0.0.1', () => process.stdout.write('waiting\n'));
  return new Promise(() => undefined);
}
