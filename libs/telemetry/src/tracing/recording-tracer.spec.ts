import { describe, expect, it, vi } from 'vitest';
import { keptSpans } from '../testing/index.js';
import { RecordingTracer } from './recording-tracer.js';

const SPAN = { name: 'work', kind: 'internal' } as const;
const ROOT = { type: 'root' } as const;
const PARENT = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16) };

describe('sampling', () => {
  it.each([
    [0, 0, false],
    [0.1, 0.0999, true],
    [0.1, 0.1, false],
    [1, 0.9999, true],
  ])('with ratio %d and random number %d records a new trace: %s', (ratio, random, isRecorded) => {
    const tracer = new RecordingTracer(ratio, vi.fn(), () => random);
    expect(tracer.begin(SPAN, ROOT) !== undefined).toBe(isRecorded);
  });

  it.each([true, false])('follows a parent that is sampled: %s', (isSampled) => {
    const tracer = new RecordingTracer(isSampled ? 0 : 1, vi.fn());
    const span = tracer.begin(SPAN, { type: 'parent', parent: PARENT, isSampled });
    expect(span !== undefined).toBe(isSampled);
  });
});

describe('a recorded span', () => {
  it('has its parent, its children, and one trace', () => {
    const { tracer, named } = keptSpans();
    const span = tracer.begin(SPAN, { type: 'parent', parent: PARENT, isSampled: true })!;
    const child = span.child({ name: 'call', kind: 'client', link: `00-${'c'.repeat(32)}-${'d'.repeat(16)}-01` });
    child.end();
    span.end();
    const { spanId } = named('work');
    expect(named('work')).toMatchObject({ traceId: PARENT.traceId, parentSpanId: PARENT.spanId, kind: 'internal' });
    expect(named('call')).toMatchObject({
      traceId: PARENT.traceId,
      parentSpanId: spanId,
      link: { traceId: 'c'.repeat(32), spanId: 'd'.repeat(16) },
    });
    expect(span.traceparent).toBe(`00-${PARENT.traceId}-${spanId}-01`);
  });

  it('keeps a trace id that is given to a new trace, and makes one otherwise', () => {
    const { tracer, spans } = keptSpans();
    tracer.begin(SPAN, { type: 'root', traceId: 'e'.repeat(32) })!.end();
    tracer.begin(SPAN, ROOT)!.end();
    expect(spans[0]).toMatchObject({ traceId: 'e'.repeat(32), parentSpanId: undefined });
    expect(spans[1]!.traceId).toMatch(/^[0-9a-f]{32}$/);
  });

  it('ends once, keeps its first error, and takes name, attributes and times from its end', () => {
    const { tracer, spans } = keptSpans();
    const span = tracer.begin({ ...SPAN, startedAtMs: 10, attributes: { first: 1 } }, ROOT)!;
    span.fail('ECONNRESET');
    span.end({ name: 'GET web', error: '502', attributes: { second: true, absent: undefined }, atMs: 35 });
    span.end();
    expect(spans).toHaveLength(1);
    const [{ name, attributes, startedAt, endedAt, isFailed }] = spans as [(typeof spans)[0]];
    expect({ name, isFailed }).toEqual({ name: 'GET web', isFailed: true });
    expect(Object.fromEntries(attributes)).toEqual({ first: 1, second: true, 'error.type': 'ECONNRESET' });
    expect(endedAt - startedAt).toBeCloseTo(25, 2);
  });

  it('bounds texts and the number of attributes, and never ends before it begins', () => {
    const { tracer, spans } = keptSpans();
    const many = Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`a${i}`, 'x'.repeat(10_000)]));
    tracer
      .begin({ name: 'n'.repeat(10_000), kind: 'client', startedAtMs: 10 }, ROOT)!
      .end({ attributes: many, atMs: 5 });
    const [{ name, attributes, startedAt, endedAt }] = spans as [(typeof spans)[0]];
    expect([name.length, attributes.size, String(attributes.get('a0')).length]).toEqual([256, 32, 256]);
    expect(endedAt).toBe(startedAt);
  });
});
