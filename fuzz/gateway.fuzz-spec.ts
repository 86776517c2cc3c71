import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { startBackend } from './backend.js';
import { inputOf, runCampaign, type CampaignOptions } from './campaign.js';
import { startFuzzedGateway } from './gateway.js';

const SECONDS = Number(process.env.FUZZ_SECONDS ?? 180);
const SEED = Number(process.env.FUZZ_SEED ?? 1);
/** For what is cached, compiled and pooled; a leak of a KiB per input is above it within a minute. */
const MEMORY_BOUND_BYTES = 300 * 1024 * 1024;
/** Time for the listener's own limits to end what clients left. */
const SETTLED = { timeout: 90_000, interval: 500 };

const CAMPAIGNS: readonly [name: string, campaign: Pick<CampaignOptions, 'kind' | 'protocol'>][] = [
  ['HTTP/1.1, with keys', { kind: { isTls: false, hasKeys: true }, protocol: 'http/1.1' }],
  ['HTTP/1.1 without keys', { kind: { isTls: false, hasKeys: false }, protocol: 'http/1.1' }],
  ['HTTP/1.1 over TLS', { kind: { isTls: true, hasKeys: true }, protocol: 'http/1.1' }],
  ['HTTP/2', { kind: { isTls: true, hasKeys: true }, protocol: 'h2' }],
];

let backend: Awaited<ReturnType<typeof startBackend>>;
beforeAll(async () => void (backend = await startBackend()));
afterAll(() => backend.close());

describe(`mutated requests (FUZZ_SEED=${SEED} FUZZ_SECONDS=${SECONDS})`, () => {
  it.each(CAMPAIGNS)('%s: the process lives, answers others, and lets everything go', async (name, campaign) => {
    const gateway = await startFuzzedGateway(backend.url, campaign.kind);
    onTestFinished(() => gateway.stop());
    const before = { gauges: await gateway.gauges(), memory: await gateway.memoryBytes() };
    const { sent, honest, ...harm } = await runCampaign(gateway, {
      ...campaign,
      backend: backend.url,
      seed: SEED,
      seconds: SECONDS / CAMPAIGNS.length,
    });
    console.log(`${name}: ${sent} connections, ${honest.answered} honest requests beside them, seed ${SEED}`);
    expect(harm).toEqual({ internalErrors: [], faults: [], reproduction: undefined });
    expect(honest.wrong).toEqual([]);
    expect(honest.answered).toBeGreaterThan(0);
    expect(Object.keys(before.gauges)).toContain('slipstream_http_requests_in_flight');
    await vi.waitFor(async () => expect(raised(before.gauges, await gateway.gauges())).toEqual({}), SETTLED);
    expect((await gateway.memoryBytes()) - before.memory).toBeLessThan(MEMORY_BOUND_BYTES);
    expect(gateway.faults()).toEqual([]);
  });
});

/** The series that are higher than before. A connection that was open then may have been closed. */
const raised = (before: Record<string, number>, now: Record<string, number>): Record<string, number> =>
  Object.fromEntries(Object.entries(now).filter(([series, value]) => value > (before[series] ?? 0)));

it('sends the same for the same seed', () => {
  for (const protocol of ['h2', 'http/1.1'] as const) {
    expect(inputOf({ protocol, seed: 7 }, 3)).toEqual(inputOf({ protocol, seed: 7 }, 3));
    expect(inputOf({ protocol, seed: 7 }, 3)).not.toEqual(inputOf({ protocol, seed: 8 }, 3));
  }
});
