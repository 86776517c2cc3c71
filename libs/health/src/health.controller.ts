import { Controller, Get, Inject, ServiceUnavailableException, UseFilters } from '@nestjs/common';
import {
  HealthCheckService,
  HealthIndicatorService,
  type HealthCheckResult,
  type HealthIndicatorResult,
} from '@nestjs/terminus';
import { HealthResultFilter } from './health-result.filter.js';
import { runCheck, type Indicator } from './indicator.js';
import { Lifecycle } from './lifecycle.js';

/** Injection token of the process's {@link Indicator}s. */
export const INDICATORS = Symbol('health indicators');

type Readiness = Omit<HealthCheckResult, 'status'> & { status: 'ok' | 'degraded' };

@Controller('health')
@UseFilters(HealthResultFilter)
export class HealthController {
  constructor(
    private readonly health: HealthCheckService,
    private readonly results: HealthIndicatorService,
    private readonly lifecycle: Lifecycle,
    @Inject(INDICATORS) private readonly indicators: readonly Indicator[],
  ) {}

  /** The process runs. It checks no store, because a restart would not repair one. */
  @Get('live')
  live(): { status: 'ok' } {
    return { status: 'ok' };
  }

  /** The service can work. 503 if it can't, or if it is shutting down. */
  @Get('ready')
  async ready(): Promise<Readiness> {
    if (this.lifecycle.isDraining) throw new ServiceUnavailableException({ status: 'draining' });
    const result = await this.health.check(this.indicators.map((indicator) => () => this.result(indicator)));
    const isDegraded = Object.values(result.details).some(({ degraded }) => degraded === true);
    const [info, details] = [result.info && withDown(result.info), withDown(result.details)];
    return { ...result, ...(info && { info }), details, status: isDegraded ? 'degraded' : 'ok' };
  }

  private async result(indicator: Indicator): Promise<HealthIndicatorResult> {
    const result = this.results.check(indicator.name);
    const reason = await runCheck(indicator);
    if (reason === undefined) return result.up();
    return indicator.isEssential ? result.down({ reason }) : result.up({ degraded: true, reason });
  }
}

/** A non-essential dependency counts as `up` in the check as a whole, and is shown as `down`. */
const withDown = (details: Partial<HealthIndicatorResult>): HealthIndicatorResult =>
  Object.fromEntries(
    Object.entries(details).flatMap(([name, detail]) =>
      detail ? [[name, detail.degraded ? { ...detail, status: 'down' as const } : detail]] : [],
    ),
  );
