import { isIPv4 } from 'node:net';
import type { Mistake } from './mistake.js';
import type { Exposure } from './schema.js';
import type { ServiceName } from './service-defaults.js';

/** Whether only this machine can reach a listener on `host`. */
export const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || (isIPv4(host) && host.startsWith('127.'));

/** Whether a service listens for the public, so that section `listen` is about it. */
export const hasPublicListener = (service: ServiceName): boolean => service === 'gateway' || service === 'standalone';

/** What would be dangerous, or can't work, though each value by itself is fine. */
export function exposureMistakes(service: ServiceName, settings: Exposure): Mistake[] {
  const { listen, management, keys, redis, rabbitmq, processes } = settings;
  const mistakes: Mistake[] = [];
  if (hasPublicListener(service) && !isLoopback(listen.host) && keys.length === 0) {
    mistakes.push({
      path: ['listen', 'host'],
      text: 'is not a loopback address, and there are no keys; add keys (npm run key makes one) or listen on 127.0.0.1',
    });
  }
  if (hasPublicListener(service) && listen.port !== 0 && listen.port === management.port) {
    mistakes.push({
      path: ['management', 'port'],
      name: 'management.port (MANAGEMENT_PORT)',
      text: 'is the port of the public listener too; choose another for one of them',
    });
  }
  if (!isLoopback(management.host) && !keys.some(({ role }) => role === 'admin')) {
    mistakes.push({
      path: ['management', 'host'],
      text: 'is not a loopback address, and there is no key of role admin; add one (npm run key makes one) or listen on 127.0.0.1',
    });
  }
  if (service === 'standalone' && processes !== 1) {
    mistakes.push({
      path: ['processes'],
      name: 'processes (PROCESSES)',
      text: 'must be 1 for standalone (npm start), which keeps all it knows in one process; a gateway that is started by itself can have more',
    });
  }
  if (service !== 'standalone') {
    for (const [section, url] of [
      ['redis', redis.url],
      ['rabbitmq', rabbitmq.url],
    ] as const) {
      const text = "memory: works in standalone only, because separate processes can't share memory";
      if (url.startsWith('memory:')) mistakes.push({ path: [section, 'url'], text });
    }
  }
  return mistakes;
}
