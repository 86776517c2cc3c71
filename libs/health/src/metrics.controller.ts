import { Controller, Get, Header, Inject } from '@nestjs/common';
import { Registry } from 'prom-client';

/** Injection token of the function that returns the text of `/metrics`. */
export const METRICS = Symbol('metrics');

/** Prometheus text format 0.0.4. */
@Controller('metrics')
export class MetricsController {
  constructor(@Inject(METRICS) private readonly text: () => Promise<string>) {}

  @Get()
  @Header('content-type', Registry.PROMETHEUS_CONTENT_TYPE)
  metrics(): Promise<string> {
    return this.text();
  }
}
