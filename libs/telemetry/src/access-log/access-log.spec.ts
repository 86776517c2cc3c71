import { Registry } from 'prom-client';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { AccessEntry } from './access-entry.js';
import { AccessLog, type AccessLogSettings } from './access-log.js';
import type { AccessMode } from './access-rule.js';

beforeEach(() => void vi.useFakeTimers({ now: Date.UTC(2026, 10, 26, 20, 52, 55) }));
afterEach(() => void vi.useRealTimers());

const SETTINGS: AccessLogSettings = {
  mode: 'all',
  format: 'json',
  slowMs: 1000,
  showsQuery: false,
  maxPerSecond: 100_000,
};

const ENTRY: AccessEntry = {
  requestId: 'r1',
  traceId: 't1',
  client: '203.0.113.7',
  user: 'ann',
  key: 'ci',
  method: 'GET',
  url: '/api/chats?page=2',
  protocol: 'HTTP/1.1',
  route: 'web',
  status: 200,
  bytes: 12,
  durationMs: 3.14159,
  firstByteMs: 2,
  end: 'complete',
  isStream: false,
  backend: 'http://10.0.0.1:8080',
  tries: 1,
  cache: 'miss',
  stages: { request: 0.1, queue: 0, connect: 0, firstByte: 2, body: 1, client: 0.04 },
  userAgent: 'curl/8',
};

/** The weight of the request, judged as the gateway judges it. */
const weightOf = (sut: AccessLog, { status, durationMs, firstByteMs = durationMs, isStream, end }: AccessEntry) =>
  sut.weigh(status, isStream ? firstByteMs : durationMs, end);

function newLog(settings: Partial<AccessLogSettings> = {}) {
  const lines: string[] = [];
  const registry = new Registry();
  const writer = { write: (line: string) => void lines.push(line), dropped: 0, close: async () => {} };
  const sut = new AccessLog({ ...SETTINGS, ...settings }, { process: 'gateway', pid: 7 }, writer, registry);
  const log = (entry: Partial<AccessEntry> = {}) => {
    const whole = { ...ENTRY, ...entry };
    const sampled = weightOf(sut, whole);
    if (sampled > 0) sut.add(whole, sampled);
  };
  const counted = async () => {
    const { values } = (await registry.getMetricsAsJSON())[0] as unknown as {
      values: { labels: { outcome: string }; value: number }[];
    };
    return Object.fromEntries(values.map(({ labels, value }) => [labels.outcome, value]));
  };
  return { sut, lines, log, counted };
}

it('writes a line with every field, in a later turn of the event loop', async () => {
  const { lines, log } = newLog();
  log();
  expect(lines).toEqual([]);
  await vi.advanceTimersByTimeAsync(0);
  expect(JSON.parse(lines[0]!)).toEqual({
    level: 'info',
    time: '2026-11-26T20:52:55.000Z',
    process: 'gateway',
    pid: 7,
    msg: 'request',
    requestId: 'r1',
    traceId: 't1',
    client: '203.0.113.7',
    user: 'ann',
    key: 'ci',
    method: 'GET',
    path: '/api/chats',
    protocol: 'HTTP/1.1',
    route: 'web',
    status: 200,
    bytes: 12,
    durationMs: 3.1,
    firstByteMs: 2,
    backend: 'http://10.0.0.1:8080',
    tries: 1,
    cache: 'miss',
    userAgent: 'curl/8',
  });
});

it('says of a slow request where its time went', async () => {
  const { lines, log } = newLog({ mode: 'slow' });
  log({
    durationMs: 1500,
    firstByteMs: 1400,
    stages: { request: 1, queue: 900, connect: 5, firstByte: 494, body: 60, client: 40 },
  });
  await vi.advanceTimersByTimeAsync(0);
  expect(JSON.parse(lines[0]!)).toMatchObject({
    msg: 'slow request: 900 of 1500 ms in the queue for a backend',
    queueMs: 900,
    stages: { requestMs: 1, queueMs: 900, connectMs: 5, firstByteMs: 494, bodyMs: 60, clientMs: 40 },
  });
});

describe('which requests have a line', () => {
  const QUICK: Partial<AccessEntry> = {};
  const FAILED: Partial<AccessEntry> = { status: 502 };
  const BROKEN: Partial<AccessEntry> = { end: 'broken-off' };
  const LEFT: Partial<AccessEntry> = { end: 'client-left' };
  const SLOW: Partial<AccessEntry> = { durationMs: 1000 };
  const LONG_STREAM: Partial<AccessEntry> = { durationMs: 60_000, firstByteMs: 10, isStream: true };
  const LATE_STREAM: Partial<AccessEntry> = { durationMs: 60_000, firstByteMs: 1000, isStream: true };
  it.each<[AccessMode, Partial<AccessEntry>[]]>([
    ['off', []],
    ['errors', [FAILED, BROKEN]],
    ['slow', [FAILED, BROKEN, SLOW, LATE_STREAM]],
    ['all', [QUICK, FAILED, BROKEN, LEFT, SLOW, LONG_STREAM, LATE_STREAM]],
  ])('%s', (mode, expected) => {
    const { sut } = newLog({ mode });
    const all = [QUICK, FAILED, BROKEN, LEFT, SLOW, LONG_STREAM, LATE_STREAM];
    expect(all.filter((entry) => weightOf(sut, { ...ENTRY, ...entry }) > 0)).toEqual(expected);
  });

  it('follows new settings at once', () => {
    const { sut } = newLog({ mode: 'off' });
    sut.configure({ ...SETTINGS, mode: 'all' });
    expect(weightOf(sut, ENTRY)).toBe(1);
  });
});

describe('under load', () => {
  it('takes one of n requests, says so in each line, and counts the others', async () => {
    const { lines, log, counted } = newLog({ maxPerSecond: 10 });
    for (let n = 0; n < 100; n++) log();
    await vi.advanceTimersByTimeAsync(1000);
    for (let n = 0; n < 100; n++) log();
    await vi.advanceTimersByTimeAsync(1000);
    const sampled = lines.map((line) => (JSON.parse(line) as { sampled?: number }).sampled);
    expect(sampled).toEqual([...Array<undefined>(10).fill(undefined), ...Array<number>(10).fill(10)]);
    expect(await counted()).toEqual({ written: 20, sampled_out: 180, dropped: 0 });
  });

  it('holds a bounded number of lines, and counts those that it drops', async () => {
    const { lines, log, counted } = newLog();
    for (let n = 0; n < 5000; n++) log();
    await vi.runAllTimersAsync();
    expect(lines).toHaveLength(4096);
    expect(await counted()).toEqual({ written: 4096, sampled_out: 0, dropped: 904 });
  });

  it('writes a few lines in a turn, and the rest when it is closed', async () => {
    const { sut, lines, log } = newLog();
    for (let n = 0; n < 200; n++) log();
    vi.advanceTimersToNextTimer();
    expect(lines).toHaveLength(64);
    await sut.close();
    expect(lines).toHaveLength(200);
  });
});

describe('what a stranger sends', () => {
  const HOSTILE = '/a"b\\c\r\n203.0.113.9 - - [x] "GET /forged HTTP/1.1" 200 0\t\u0000\u007f\u009b31mé';

  it('is one JSON line', async () => {
    const { lines, log } = newLog();
    log({ url: HOSTILE, userAgent: HOSTILE, method: 'GET\n' });
    await vi.advanceTimersByTimeAsync(0);
    expect(lines[0]!.match(/\n/g)).toHaveLength(1);
    expect(lines[0]).toMatch(/^[\x20-\x7e\xa0-\uffff]+\n$/); // no control character: they act on a terminal
    expect(JSON.parse(lines[0]!)).toMatchObject({ path: HOSTILE, userAgent: HOSTILE });
  });

  it('can end no field and no line of the combined format', async () => {
    const { lines, log } = newLog({ format: 'combined' });
    log({ url: HOSTILE, userAgent: HOSTILE, referer: HOSTILE, method: 'GET\n', user: 'a b] "x"' });
    await vi.advanceTimersByTimeAsync(0);
    expect(lines[0]).toMatch(
      /^203\.0\.113\.7 - \S+ \[26\/Nov\/2026:20:52:55 \+0000\] "[^"]*" 200 12 "[^"]*" "[^"]*"( \w+=\S+)+\n$/,
    );
    expect(lines[0]).toMatch(/^[\x20-\x7e]+\n$/);
    expect(lines[0]).toContain('"GET\\x0A /a\\x22b\\x5Cc\\x0D\\x0A203.0.113.9');
  });

  it('is cut, so that a line fits into one write', async () => {
    const long = '"'.repeat(100_000);
    for (const format of ['json', 'combined'] as const) {
      const { lines, log } = newLog({ format, showsQuery: true });
      log({ url: `/${long}`, userAgent: long, referer: long, durationMs: 2000 });
      await vi.advanceTimersByTimeAsync(0);
      expect(Buffer.byteLength(lines[0]!)).toBeLessThan(8192);
    }
  });
});

describe('secrets', () => {
  it.each([
    ['/a?q=private', false, '/a'],
    ['/a#b?c', false, '/a'],
    ['/a?q=shown', true, '/a?q=shown'],
    ['/a?token=abcdef&x=1', true, '/a?token=[redacted]&x=1'],
    ['/slipstream/v1/hooks/open-webui/s3cr3t', false, '/slipstream/v1/hooks/[redacted]'],
    ['/Slipstream/v1/hooks/open-webui%2Fs3cr3t', false, '/Slipstream/v1/hooks/[redacted]'],
    [`/slip_${'k'.repeat(43)}`, false, '/[redacted]'],
  ])('%s is shown as %s: %s', async (url, showsQuery, path) => {
    const { lines, log } = newLog({ showsQuery });
    log({ url });
    await vi.advanceTimersByTimeAsync(0);
    expect(JSON.parse(lines[0]!)).toMatchObject({ path });
  });
});
