import { CDNManager, checkEdge, PurgeQueue, type EdgeFinding } from '@slipstream/cdn';
import type { Config } from '@slipstream/config';
import type { CacheRules } from '@slipstream/http-cache';
import type { Logger, Registry } from '@slipstream/telemetry';
import { cdnOptions, edgeHealthOptions, edgePurgeOptions, pagesOptions, type EdgeCheckOptions } from './cdn.options.js';
import { EdgeHealth } from './edge-health.js';
import { showEdge } from './edge-metrics.js';
import { EdgePurges } from './edge-purges.js';
import { Pages } from './pages.js';

const CLOSE_GRACE_MS = 5_000;
/** A cache adds the time that the answer took to reach it. */
const AGE_TOLERANCE_MS = 5_000;

/** The response cache, as far as the network depends on it. */
export interface EdgeCaching {
  rules: Pick<CacheRules, 'sharedRule'>;
  /** Drops stored pages, which refer to the network or not. */
  dropPages: () => void;
}

/** The network in front of the gateway, as far as the gateway acts on it. */
export class Edge {
  /** Absent: no purge reaches it. */
  readonly purges?: EdgePurges;
  /** Absent: pages stay as they are. */
  readonly pages?: Pages;
  /** Absent until it is watched, and without a file to check. */
  health?: EdgeHealth;
  private caching?: EdgeCaching;
  private readonly cdn: CDNManager;
  private readonly checks: EdgeCheckOptions;

  constructor(
    readonly url: string,
    config: Config,
    private readonly logger: Logger,
  ) {
    this.cdn = new CDNManager(cdnOptions(config));
    this.checks = edgeHealthOptions(config);
    const purging = edgePurgeOptions(config);
    this.purges = purging && new EdgePurges({ queue: new PurgeQueue({ ...purging, logger }), cdn: this.cdn });
    const rewriting = pagesOptions(config);
    this.pages =
      rewriting &&
      new Pages(rewriting, {
        cdn: this.cdn,
        isHealthy: () => this.health?.isHealthy ?? true,
        rules: () => this.caching?.rules ?? { sharedRule: () => undefined },
      });
  }

  /** Called once the response cache exists. */
  use(caching: EdgeCaching): void {
    this.caching = caching;
  }

  /** Compares the network with this gateway from now on. @param originUrl of this gateway's public listener */
  watch(originUrl: string): void {
    const { caching, checks, logger } = this;
    if (!caching || checks.paths.length === 0) return;
    this.health = new EdgeHealth({
      ...checks,
      check: () => Promise.all(checks.paths.map((path) => this.check(path, originUrl, caching.rules))),
      onChange: () => caching.dropPages(),
      logger,
    });
    this.health.start();
  }

  /** Sends pending purges, for a few seconds. */
  async close(): Promise<void> {
    this.health?.close();
    await this.purges?.close(CLOSE_GRACE_MS);
  }

  private check(path: string, originUrl: string, rules: EdgeCaching['rules']): Promise<EdgeFinding> {
    const { checksType, ttlMs = 0, staleWhileRevalidateMs = 0 } = rules.sharedRule(path) ?? {};
    return checkEdge(
      {
        path,
        edgeUrl: new URL(this.cdn.getCdnUrl(path)),
        originUrl: new URL(path, originUrl),
        originHost: this.checks.originHost,
        maxStaleMs: checksType ? 0 : ttlMs + staleWhileRevalidateMs + AGE_TOLERANCE_MS,
      },
      this.checks,
    );
  }
}

/** @returns undefined if no network is configured */
export function createEdge(config: Config, registry: Registry, logger: Logger): Edge | undefined {
  const { cdnUrl } = cdnOptions(config);
  const edge = cdnUrl === undefined ? undefined : new Edge(cdnUrl, config, logger);
  showEdge(edge, registry);
  return edge;
}
