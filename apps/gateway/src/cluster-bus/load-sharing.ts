import { LoadBoard, type LoadBalancer } from '@slipstream/balancer';
import type { ClusterBus } from './cluster-bus.js';

/** Interval of publishing the load: often enough for the next requests, seldom enough to be cheap. */
const REPORT_MS = 200;

/**
 * Lets all gateway processes balance as one: each publishes its open requests a few times a second, and adds those of
 * others to its own counts. Without a bus it uses its own counts.
 *
 * @returns a function that stops it
 */
export function shareLoads(balancer: LoadBalancer, clusterBus: ClusterBus): () => void {
  const board = new LoadBoard();
  let wasIdle = true;
  clusterBus.listen((message) => {
    if (message.type === 'load' && message.pool === balancer.name)
      board.receive(message.from, message.loads, performance.now(), message.waitingMs);
  });
  const timer = setInterval(() => {
    balancer.setOthers(board.totals(performance.now()));
    const loads = balancer.loads();
    const waitingMs = balancer.waitingMs();
    const isIdle = waitingMs === undefined && Object.keys(loads).length === 0;
    if (!isIdle || !wasIdle) clusterBus.publish({ type: 'load', pool: balancer.name, loads, waitingMs });
    wasIdle = isIdle;
  }, REPORT_MS).unref();
  return () => clearInterval(timer);
}
