import {
  afterFailedCheck,
  afterPassedCheck,
  UNPROVEN,
  type BackendHealth,
  type HealthThresholds,
} from '@slipstream/balancer';
import type { EdgeFinding } from '@slipstream/cdn';
import type { Logger } from '@slipstream/telemetry';

/** Options of {@link EdgeHealth}. */
export interface EdgeHealthOptions extends HealthThresholds {
  intervalMs: number;
  /** Checks the network once. It must not reject. */
  check: () => Promise<readonly EdgeFinding[]>;
  /** Called after each change. */
  onChange: (isHealthy: boolean) => void;
  logger: Pick<Logger, 'info' | 'warn'>;
}

/** Checks since the start, by what they found. */
export type EdgeFindings = Record<EdgeFinding['type'], number>;

/** The health of the network in front, by the rules that backends have, too: it is trusted until a check fails. */
export class EdgeHealth {
  readonly findings: EdgeFindings = { good: 0, unknown: 0, unreachable: 0, wrong: 0, stale: 0, slow: 0 };
  private health: BackendHealth = UNPROVEN;
  private timer?: NodeJS.Timeout;
  private isClosed = false;

  constructor(private readonly options: EdgeHealthOptions) {}

  get isHealthy(): boolean {
    return this.health.state !== 'unhealthy';
  }

  /** Why it is unhealthy. Absent: it is healthy. */
  get reason(): string | undefined {
    return this.health.state === 'unhealthy' ? this.health.reason : undefined;
  }

  start(): void {
    void this.run();
  }

  close(): void {
    this.isClosed = true;
    clearTimeout(this.timer);
  }

  private async run(): Promise<void> {
    this.judge(await this.options.check());
    if (this.isClosed) return;
    this.timer = setTimeout(() => void this.run(), this.options.intervalMs);
    this.timer.unref();
  }

  private judge(found: readonly EdgeFinding[]): void {
    if (this.isClosed) return;
    for (const { type } of found) this.findings[type] += 1;
    const before = this.isHealthy;
    const bad = found.find((each) => 'reason' in each);
    if (bad) this.health = afterFailedCheck(this.health, { reason: `${bad.type}: ${bad.reason}` }, this.options);
    else if (found.some(({ type }) => type === 'good')) this.health = afterPassedCheck(this.health);
    if (this.isHealthy !== before) this.report();
  }

  private report(): void {
    const { logger, onChange } = this.options;
    if (this.isHealthy) logger.info({}, 'the CDN is healthy; pages refer to it again');
    else
      logger.warn({ reason: this.reason }, 'the CDN is unhealthy; pages refer to this gateway until its checks pass');
    onChange(this.isHealthy);
  }
}
