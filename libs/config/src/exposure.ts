import { isIPv4 } from 'node:net';
import type { Mistake } from './mistake.js';
import type { Exposure } from './schema.js';
import type { ServiceName } from './service-defaults.js';

/** Whether a listener on `host` is reachable only from this machine. */
export const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || (isIPv4(host) && host.startsWith('127.'));

/** Whether a service has a public listener, so that section `listen` applies to it. */
export const hasPublicListener = (service: ServiceName): boolean => service === 'gateway' || service === 'standalone';

const NO_KEYS = 'is not a loopback address, and no keys are configured; add keys (npm run key) or listen on 127.0.0.1';

/** Finds settings that are valid alone, but unsafe or impossible in combination. */
export function exposureMistakes(service: ServiceName, settings: Exposure): Mistake[] {
  const { management, keys, redis, rabbitmq, processes } = settings;
  const mistakes: Mistake[] = hasPublicListener(service) ? listenMistakes(settings) : [];
  if (!isLoopback(management.host) && !keys.some(({ role }) => role === 'admin')) {
    mistakes.push({
      path: ['management', 'host'],
      text: 'is not a loopback address, and no key has role admin; add one (npm run key) or listen on 127.0.0.1',
    });
  }
  if (service === 'standalone' && processes !== 1) {
    mistakes.push({
      path: ['processes'],
      name: 'processes (PROCESSES)',
      text: 'must be 1 for npm start, which is a single process; start the gateway service alone to use more',
    });
  }
  if (service !== 'standalone') {
    for (const [section, url] of [
      ['redis', redis.url],
      ['rabbitmq', rabbitmq.url],
    ] as const) {
      const text = "memory: works with npm start only, because separate processes can't share memory";
      if (url.startsWith('memory:')) mistakes.push({ path: [section, 'url'], text });
    }
  }
  return mistakes;
}

/** Mistakes in section `listen`. */
function listenMistakes({ listen, management, keys }: Exposure): Mistake[] {
  const { internal, redirectPort, tls, allowedHosts } = listen;
  const isHttps = tls?.selfSigned === true || tls?.certFile !== undefined;
  const mistakes: Mistake[] = [];
  if (!isLoopback(listen.host) && keys.length === 0) mistakes.push({ path: ['listen', 'host'], text: NO_KEYS });
  if (internal && !isLoopback(internal.host) && keys.length === 0)
    mistakes.push({ path: ['listen', 'internal', 'host'], text: NO_KEYS });
  if (listen.port !== 0 && listen.port === management.port)
    mistakes.push({
      path: ['management', 'port'],
      name: 'management.port (MANAGEMENT_PORT)',
      text: 'is also the port of the public listener; choose different ports',
    });
  if (internal && internal.port !== 0 && internal.port === listen.port)
    mistakes.push({
      path: ['listen', 'internal', 'port'],
      text: 'is also the port of the public listener; choose different ports',
    });
  if (redirectPort !== undefined && (!isHttps || allowedHosts.length === 0))
    mistakes.push({
      path: ['listen', 'redirectPort'],
      text: 'needs listen.tls with a certificate, and listen.allowedHosts with the host names of the redirects',
    });
  if (tls?.hstsMaxAgeSeconds !== undefined && (!isHttps || allowedHosts.length === 0))
    mistakes.push({
      path: ['listen', 'tls', 'hstsMaxAgeSeconds'],
      text: 'needs a certificate, and listen.allowedHosts with the host names that it applies to',
    });
  return mistakes;
}
