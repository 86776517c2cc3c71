import { AccessError } from '@slipstream/access';
import { createTelemetry } from '@slipstream/telemetry';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Refusals } from './refusals.js';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const UNKNOWN = new AccessError('key_unknown');

function newRefusals() {
  const { registry } = createTelemetry({ processName: 'test', level: 'silent' });
  const warn = vi.fn();
  const sut = new Refusals(registry, { warn });
  const lines = () => warn.mock.calls.map(([, text]) => text as string);
  return { sut, lines, registry };
}

it('logs the first refusal at once, and the others of a minute in one line', () => {
  const { sut, lines } = newRefusals();
  for (let n = 0; n < 38; n++) sut.note('/v1', UNKNOWN, '127.0.0.1');
  expect(lines()).toEqual(['refused a call on /v1: key unknown; from 127.0.0.1']);
  vi.advanceTimersByTime(60_000);
  expect(lines()[1]).toBe('refused 37 calls on /v1 in 60 s: key unknown; from 127.0.0.1');
  vi.advanceTimersByTime(600_000);
  expect(lines()).toHaveLength(2);
});

it('keeps places and reasons apart', () => {
  const { sut, lines } = newRefusals();
  sut.note('/v1', UNKNOWN, 'a');
  sut.note('/v1', new AccessError('key_missing'), 'a');
  sut.note('admin', new AccessError('admin_required'), 'b');
  expect(lines()).toEqual([
    'refused a call on /v1: key unknown; from a',
    'refused a call on /v1: key missing; from a',
    'refused a call on admin: admin required; from b',
  ]);
});

it('names five addresses at most', () => {
  const { sut, lines } = newRefusals();
  for (let n = 0; n < 100; n++) sut.note('/v1', UNKNOWN, `10.0.0.${n}`);
  vi.advanceTimersByTime(60_000);
  expect(lines()[1]).toBe(
    'refused 99 calls on /v1 in 60 s: key unknown; from 10.0.0.1, 10.0.0.2, 10.0.0.3, 10.0.0.4, 10.0.0.5 and others',
  );
});

it('counts refusals by place and reason, and no other errors', async () => {
  const { sut, registry } = newRefusals();
  sut.note('/v1', UNKNOWN, 'a');
  sut.note('/v1', UNKNOWN, 'a');
  sut.note('native', new Error('a failure'), 'a');
  expect(await registry.metrics()).toContain('slipstream_access_refused_total{at="/v1",reason="key_unknown"} 2');
  expect(await registry.metrics()).not.toContain('at="native"');
});
