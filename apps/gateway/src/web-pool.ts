import { createHash } from 'node:crypto';
import { BackendRegistry, LoadBalancer, type BackendOptions, type BackendOverride, type CheckResult } from '@slipstream/balancer';
import type { Config } from '@slipstream/config';
import { createWebProxy, probeHealth, type WebProxy } from '@slipstream/proxy';
import type { Logger } from '@slipstream/telemetry';
import { sendProblem } from './http/problem.js';

/** The web pool: who is in it, who of them gets a request, and the way there. */
export interface WebPool {
  balancer: LoadBalancer;
  proxy: WebProxy;
  /** Replaces what was changed of the backends at run time. @throws InvalidInputError; all is as it was then */
  setOverlay(overlay: readonly BackendOverride[]): void;
  /** Lets requests under way be; ends all else. */
  close(): Promise<void>;
}

/** @param onCheck told of each health check that this process made */
export function createWebPool({ web }: Config, logger: Logger, onCheck?: (url: string, result: CheckResult) => void): WebPool {
  const { health, queue, outliers, retries, stickiness } = web;
  const { intervalMs, timeoutMs, healthyThreshold, unhealthyThreshold, ...probe } = health;
  const balancer = new LoadBalancer({
    ...web,
    name: 'web',
    backends: [],
    healthCheck: { intervalMs, timeoutMs, healthyThreshold, unhealthyThreshold, probe: probeHealth(probe) },
    onCheck,
    outliers,
    queue,
    logger,
  });
  const proxy = createWebProxy({
    ...web,
    balancer,
    retries: { ...retries, ratio: retries.budgetRatio },
    stickiness: stickiness.type === 'none' ? undefined : { ...stickiness, secret: stickiness.secret ?? sharedSecret(web.backends) },
    hashOn: web.strategy === 'consistent_hash' ? web.hashOn : undefined,
    refuse: sendProblem,
    logger,
  });
  const setBackends = (backends: readonly BackendOptions[]): void => {
    balancer.setBackends(backends);
    proxy.setBackends(backends.map(({ url }) => url));
  };
  const registry = new BackendRegistry({ configured: web.backends, discoveryIntervalMs: web.discoveryIntervalMs, onChange: setBackends, logger });
  registry.start();
  balancer.start();
  return {
    balancer,
    proxy,
    setOverlay: (overlay) => registry.setOverlay(overlay),
    async close() {
      registry.close();
      await proxy.close();
    },
  };
}

/** The same for every gateway with the same configuration; nobody who doesn't know the backends' addresses can guess it. */
const sharedSecret = (backends: readonly { url: string }[]): string =>
  createHash('sha256').update(`slipstream stickiness\n${backends.map(({ url }) => url).join('\n')}`).digest('hex');
