import { describe, expect, it } from 'vitest';
import { keptSpans } from '../testing/index.js';
import { currentContext, runInContext } from '../work-context.js';
import { beginTrace, errorType, runTraced } from './trace.js';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const CALLER = '00f067aa0ba902b7';
const SPAN = { name: 'GET', kind: 'server' } as const;

/** What becomes of a `traceparent`: `parent`, `id` of the trace kept, or all of it `new`. */
const HEADERS: [what: string, header: string | undefined, trusted: string, untrusted: string][] = [
  ['nothing', undefined, 'new', 'new'],
  ['a sampled caller', `00-${TRACE}-${CALLER}-01`, 'parent', 'id'],
  ['a caller that is not sampled', `00-${TRACE}-${CALLER}-00`, 'unrecorded', 'id'],
  ['unknown flags', `00-${TRACE}-${CALLER}-ff`, 'parent', 'id'],
  ['a later version', `cc-${TRACE}-${CALLER}-01-more`, 'parent', 'id'],
  ['version ff', `ff-${TRACE}-${CALLER}-01`, 'new', 'new'],
  ['a trace id of zeros', `00-${'0'.repeat(32)}-${CALLER}-01`, 'new', 'new'],
  ['a span id of zeros', `00-${TRACE}-${'0'.repeat(16)}-01`, 'new', 'new'],
  ['upper case', `00-${TRACE.toUpperCase()}-${CALLER}-01`, 'new', 'new'],
  ['two fields', `00-${TRACE}-${CALLER}-01, 00-${TRACE}-${CALLER}-01`, 'new', 'new'],
  ['a line break', `00-${TRACE}-${CALLER}-01\r\nx: y`, 'new', 'new'],
  ['64 KiB', '0'.repeat(65_536), 'new', 'new'],
  ['JSON', '{"$gt":""}', 'new', 'new'],
];

describe('beginTrace', () => {
  it.each(
    HEADERS.flatMap(([what, header, trusted, untrusted]) => [
      { what, header, isTrusted: true, fate: trusted },
      { what, header, isTrusted: false, fate: untrusted },
    ]),
  )('$what of a peer that is trusted: $isTrusted -> $fate', ({ header, isTrusted, fate }) => {
    const { tracer, spans } = keptSpans();
    const { traceparent, span } = beginTrace(tracer, SPAN, { traceparent: header, isTrusted });
    span?.end();
    const [, traceId, spanId, flags] = traceparent.split('-');
    expect(traceparent).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-0[01]$/);
    expect(spanId).not.toBe(CALLER);
    expect(traceId === TRACE).toBe(fate !== 'new');
    expect(flags).toBe(fate === 'unrecorded' ? '00' : '01');
    expect(spans.map(({ parentSpanId }) => parentSpanId)).toEqual(
      fate === 'unrecorded' ? [] : [fate === 'parent' ? CALLER : undefined],
    );
  });

  it('passes on that nothing records a new trace that is not sampled', () => {
    const { span, traceparent } = beginTrace(keptSpans(0).tracer, SPAN, {});
    expect(span).toBeUndefined();
    expect(traceparent).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-00$/);
  });
});

describe('runTraced', () => {
  it('runs a job as a child of its request, linked to the span that it runs in', async () => {
    const { tracer, named } = keptSpans();
    const consumer = tracer.begin({ name: 'process', kind: 'consumer' }, { type: 'root' })!;
    const context = { requestId: 'r1', jobId: 'j1', traceparent: `00-${TRACE}-${CALLER}-01` };
    const seen = await runInContext({ span: consumer }, () =>
      runTraced(tracer, { name: 'job', kind: 'internal' }, context, async () => currentContext()),
    );
    consumer.end();
    const { spanId } = named('job');
    expect(seen).toMatchObject({ requestId: 'r1', jobId: 'j1', traceparent: `00-${TRACE}-${spanId}-01` });
    expect(named('job')).toMatchObject({ parentSpanId: CALLER, link: { spanId: named('process').spanId } });
  });

  it('marks a job that throws, by the code of its error and never by its message', async () => {
    const { tracer, named } = keptSpans();
    const error = Object.assign(new Error('a secret'), { code: 'model_failed' });
    const job = runTraced(tracer, { name: 'job', kind: 'internal' }, {}, () => Promise.reject(error));
    await expect(job).rejects.toBe(error);
    expect(named('job').isFailed).toBe(true);
    expect(Object.fromEntries(named('job').attributes)).toEqual({ 'error.type': 'model_failed' });
  });

  it('runs without a tracer', async () => {
    const context = { traceparent: `00-${TRACE}-${CALLER}-01` };
    const seen = await runTraced(undefined, { name: 'job', kind: 'internal' }, context, async () => currentContext());
    expect(seen?.span).toBeUndefined();
    expect(seen?.traceparent).toMatch(new RegExp(`^00-${TRACE}-[0-9a-f]{16}-01$`));
  });
});

it.each([
  [new TypeError('x'), 'TypeError'],
  [Object.assign(new Error('x'), { code: 'ECONNRESET' }), 'ECONNRESET'],
  [Object.assign(new Error('x'), { code: 11_000 }), 'Error'],
  ['a text', 'unknown'],
])('names the type of an error: %s', (error, type) => {
  expect(errorType(error)).toBe(type);
});
