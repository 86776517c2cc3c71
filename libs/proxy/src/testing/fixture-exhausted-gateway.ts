import { closeSync, openSync } from 'node:fs';
import { probeHealth } from '@slipstream/upstream';
import { LocalServers } from './local-servers.js';

/** A gateway in a process of its own, which runs out of file descriptors on request. */
const [backend = ''] = process.argv.slice(2);
const say = (message: object): void => void process.send?.(message);
const taken: number[] = [];
const unmade: string[] = [];

const logger = { info: () => {}, warn: (_facts: object, message: string) => void unmade.push(message) };
const healthCheck = {
  probe: probeHealth({ path: '/health', minStatus: 200, maxStatus: 299 }),
  intervalMs: 20,
  unhealthyThreshold: 1,
};
const { url, balancer } = await new LocalServers().gateway(
  [backend],
  {},
  { healthCheck, logger, outliers: { consecutiveErrors: 2 } },
);

process.on('message', (command) => {
  if (command === 'exhaust') takeAll();
  if (command === 'free') for (const descriptor of taken.splice(0)) closeSync(descriptor);
  if (command === 'check') balancer.start();
  say({
    state: balancer.backends()[0]?.state,
    unmade: unmade.filter((message) => message.startsWith('health check skipped')).length,
  });
});
say({ url });

function takeAll(): void {
  try {
    for (;;) taken.push(openSync('/dev/null', 'r'));
  } catch {
    // none is left
  }
}
