import { certificatesIn } from '@slipstream/config';
import { collect, type Logger, type Telemetry } from '@slipstream/telemetry';

const DAY_MS = 24 * 3_600_000;
/** Tools renew certificates long before this. */
const SOON_DAYS = 14;

/**
 * Registers the expiry of the certificate as a metric, and warns for each new certificate, and daily, if it is near.
 */
export class CertificateExpiry {
  private validUntil = Number.POSITIVE_INFINITY;
  private readonly daily = setInterval(() => this.warn(), DAY_MS).unref();

  constructor(
    registry: Telemetry['registry'],
    private readonly logger: Logger,
  ) {
    collect(registry, {
      type: 'gauge',
      name: 'slipstream_certificate_expiry_timestamp_seconds',
      help: "Earliest expiry of the public listener's TLS certificate chain, in seconds since 1970.",
      labelNames: [],
      aggregator: 'min',
      read: () => [[{}, this.validUntil / 1000]],
    });
  }

  /** @param cert PEM of the certificate in use, and its chain */
  use(cert: string): void {
    this.validUntil = Math.min(...certificatesIn(cert).map(({ validTo }) => Date.parse(validTo)));
    this.warn();
  }

  close(): void {
    clearInterval(this.daily);
  }

  private warn(): void {
    const days = (this.validUntil - Date.now()) / DAY_MS;
    if (days >= SOON_DAYS) return;
    const fields = { validUntil: new Date(this.validUntil).toISOString() };
    if (days <= 0)
      this.logger.error(fields, 'a certificate of the TLS chain has expired, and clients refuse it; renew it');
    else
      this.logger.warn({ ...fields, days: Math.floor(days) }, 'a certificate of the TLS chain expires soon; renew it');
  }
}
