import { LoadBalancer } from '@slipstream/balancer';
import type { Config } from '@slipstream/config';
import { createWebProxy, probeHealth, type WebProxy } from '@slipstream/proxy';
import type { Logger } from '@slipstream/telemetry';
import { sendProblem } from './http/problem.js';

/** The web pool and the proxy in front of it; undefined when no pods are configured. */
export function createWebPool({ web }: Config, logger: Logger): WebProxy | undefined {
  if (web.backends.length === 0) return undefined;
  const balancer = new LoadBalancer({
    name: 'web',
    backends: web.backends.map(({ url, weight }) => ({ url, weight })),
    healthCheck: { probe: probeHealth(web.healthPath) },
    logger,
  });
  balancer.start();
  return createWebProxy({ balancer, ...web, refuse: sendProblem, logger });
}
