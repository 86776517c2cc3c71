import { CDNManager, PurgeQueue } from '@slipstream/cdn';
import type { Config } from '@slipstream/config';
import type { Logger, Registry } from '@slipstream/telemetry';
import { cdnOptions, edgePurgeOptions } from './cdn.options.js';
import { showEdge } from './edge-metrics.js';
import { EdgePurges } from './edge-purges.js';

/** The network in front of the gateway, as far as the gateway acts on it. */
export interface Edge {
  readonly url: string;
  /** Absent: no purge reaches it. */
  readonly purges?: EdgePurges;
  /** Sends what is pending, for a few seconds. */
  close(): Promise<void>;
}

const CLOSE_GRACE_MS = 5_000;

/** @returns undefined if no network is configured */
export function createEdge(config: Config, registry: Registry, logger: Logger): Edge | undefined {
  const options = cdnOptions(config);
  const purging = edgePurgeOptions(config);
  const cdn = new CDNManager(options);
  const purges = purging && new EdgePurges({ queue: new PurgeQueue({ ...purging, logger }), cdn });
  showEdge(purges, registry);
  if (options.cdnUrl === undefined) return undefined;
  return {
    url: options.cdnUrl,
    purges,
    async close() {
      await purges?.close(CLOSE_GRACE_MS);
    },
  };
}
