import { subscribe } from 'node:diagnostics_channel';
import { createServer, type IncomingMessage } from 'node:http';
import { StartupError } from '@slipstream/contracts';
import { createTelemetry } from '@slipstream/telemetry';
import { createManagement, runProcess } from '../index.js';

/**
 * Throws uncaught errors: at `/fault/…` of any listener within the scope of a connection, at SIGUSR2 outside of any.
 */
const FAULTS: Readonly<Record<string, (error: Error) => void>> = {
  '/fault/timer': (error) => void setTimeout(() => raise(error), 1),
  '/fault/tick': (error) => process.nextTick(() => raise(error)),
  '/fault/promise': (error) => void Promise.reject(error),
};
function raise(error: Error): never {
  throw error;
}
subscribe('http.server.request.start', (message) =>
  FAULTS[(message as { request: IncomingMessage }).request.url ?? '']?.(new Error('injected')),
);
process.on('SIGUSR2', () => raise(new Error('injected outside')));

/** A process for the life-cycle spec. Its work is one request to `/work`, which ends when `/finish` is called. */
await runProcess(async (lifecycle) => {
  if (process.argv[2] === 'refuse') throw new StartupError('There is no port for you. Choose another with PORT.');
  if (process.argv[2] === 'hang') return hang();
  const { logger, nestLogger, registry } = createTelemetry({
    processName: 'fixture',
    level: process.argv[2] === 'drain-fails' ? 'error' : 'silent',
  });
  const work = Promise.withResolvers<void>();
  const finisher = createServer((_, response) => (work.resolve(), response.end())).listen(0, '127.0.0.1');
  const management = await createManagement({
    host: '127.0.0.1',
    port: 0,
    indicators: [],
    lifecycle,
    metrics: () => registry.metrics(),
    logger: nestLogger,
  });
  const url = await management.listen();
  process.stdout.write(`${JSON.stringify({ url, finish: (finisher.address() as { port: number }).port })}\n`);
  const drain = () => (process.argv[2] === 'drain-fails' ? Promise.reject(new Error('stuck')) : work.promise);
  const close = async () => {
    await management.close();
    process.stdout.write('closed\n');
  };
  return {
    logger,
    graceMs: 20_000,
    fatalGraceMs: process.argv[2] === 'faults' ? 20_000 : undefined,
    drain,
    close,
    onUncaughtError: (outcome) => process.stdout.write(`fault ${outcome}\n`),
  };
});

/** A start that never completes, with a timer that keeps the process alive. */
function hang(): Promise<never> {
  createServer().listen(0, '127.0.0.1', () => process.stdout.write('waiting\n'));
  return new Promise(() => undefined);
}
