import { describe, expect, it } from 'vitest';
import { createTelemetry, newTraceparent, requestIdFrom, runInContext } from './index.js';
import { parseTraceparent } from './trace-context.js';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const PARENT = `00-${TRACE}-00f067aa0ba902b7-01`;

function sut() {
  const lines: string[] = [];
  const telemetry = createTelemetry({
    processName: 'test',
    level: 'info',
    destination: { write: (line) => void lines.push(line) },
  });
  return { telemetry, lines, line: () => JSON.parse(lines.at(-1) ?? '{}') as Record<string, unknown> };
}

describe('traceparent', () => {
  it.each([
    [PARENT, true],
    [`cc-${TRACE}-00f067aa0ba902b7-01-future`, true],
    [`ff-${TRACE}-00f067aa0ba902b7-01`, false],
    [`00-${TRACE}-00f067aa0ba902b7-01-more`, false],
    [`00-${'0'.repeat(32)}-00f067aa0ba902b7-01`, false],
    [`00-${TRACE}-${'0'.repeat(16)}-01`, false],
    [PARENT.toUpperCase(), false],
    [undefined, false],
  ])('%s is accepted: %s', (header, accepted) => expect(parseTraceparent(header) !== undefined).toBe(accepted));

  it("goes on with the caller's trace under a span of our own, or begins one", () => {
    const ours = parseTraceparent(newTraceparent(PARENT));
    expect(ours).toMatchObject({ traceId: TRACE, flags: '01' });
    expect(ours?.spanId).not.toBe('00f067aa0ba902b7');
    expect(parseTraceparent(newTraceparent('rubbish'))).toBeDefined();
  });
});

describe('request id', () => {
  it('keeps a harmless one, and replaces what could break a log line', () => {
    expect(requestIdFrom('abc-1.2_3')).toBe('abc-1.2_3');
    for (const bad of ['a b', 'a\nb', 'x'.repeat(65), '', undefined, ['a', 'b']])
      expect(requestIdFrom(bad)).toMatch(/^[0-9a-f]{32}$/);
  });
});

describe('log lines', () => {
  it('carry the context of the work that wrote them, after an await too', async () => {
    const { telemetry, line } = sut();
    await runInContext({ requestId: 'r1', traceparent: PARENT }, async () => {
      await Promise.resolve();
      telemetry.logger.info('hello');
    });
    expect(line()).toMatchObject({ process: 'test', level: 'info', requestId: 'r1', traceId: TRACE, msg: 'hello' });
  });

  it('never show secrets', () => {
    const { telemetry, lines } = sut();
    telemetry.logger.info(
      { headers: { authorization: 'Bearer s3cret', cookie: 's3cret' }, apiKey: 's3cret' },
      'mongodb://me:s3cret@host/db away',
    );
    expect(lines.join('')).not.toContain('s3cret');
    expect(lines.join('')).toContain('mongodb://me:***@host/db');
  });
});

describe('metrics', () => {
  it('count by route template, known method and status class', async () => {
    const { telemetry } = sut();
    telemetry.metrics.http.begin();
    telemetry.metrics.http.observe({ route: '/users/:id', method: 'BREW', status: 404, seconds: 0.1 });
    const text = await telemetry.registry.metrics();
    expect(text).toContain(
      'slipstream_http_request_duration_seconds_count{route="/users/:id",method="other",status="4xx"} 1',
    );
    expect(text).toContain('slipstream_http_requests_in_flight 1');
    telemetry.metrics.http.end();
    expect(await telemetry.registry.metrics()).toContain('slipstream_http_requests_in_flight 0');
  });
});
