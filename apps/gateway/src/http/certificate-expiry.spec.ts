import { generate } from 'selfsigned';
import { afterEach, expect, it, vi } from 'vitest';
import { createTelemetry, type Logger } from '@slipstream/telemetry';
import { CertificateExpiry } from './certificate-expiry.js';

const DAY_MS = 24 * 3_600_000;
const logger = { warn: vi.fn(), error: vi.fn() };
const { registry } = createTelemetry({ processName: 'test', level: 'fatal' });
const sut = new CertificateExpiry(registry, logger as unknown as Logger);
afterEach(() => void vi.clearAllMocks());

const validFor = async (days: number) => {
  const notAfterDate = new Date(Math.floor(Date.now() / 1000) * 1000 + days * DAY_MS);
  const { cert } = await generate([{ name: 'commonName', value: 'a' }], {
    keyType: 'ec',
    notBeforeDate: new Date(Date.now() - 100 * DAY_MS),
    notAfterDate,
  });
  return { cert, seconds: notAfterDate.getTime() / 1000 };
};

it.each([
  { days: 90, warned: 0, failed: 0 },
  { days: 15, warned: 0, failed: 0 },
  { days: 13, warned: 1, failed: 0 },
  { days: -1, warned: 0, failed: 1 },
])(
  'shows when a certificate expires that is valid for $days more days, and warns when that is soon',
  async ({ days, warned, failed }) => {
    const { cert, seconds } = await validFor(days);
    sut.use(cert);
    expect([logger.warn.mock.calls.length, logger.error.mock.calls.length]).toEqual([warned, failed]);
    expect(await registry.getSingleMetricAsString('slipstream_certificate_expiry_timestamp_seconds')).toContain(
      `slipstream_certificate_expiry_timestamp_seconds ${seconds}`,
    );
  },
);

it('goes by the certificate of the chain that expires first', async () => {
  const [late, soon] = await Promise.all([validFor(90), validFor(3)]);
  sut.use(`${late.cert}\n${soon.cert}`);
  expect(logger.warn).toHaveBeenCalledWith(
    expect.objectContaining({ validUntil: new Date(soon.seconds * 1000).toISOString() }),
    expect.any(String),
  );
});
