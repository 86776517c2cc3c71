import { describe, expect, it } from 'vitest';
import { newTraceparent, parseTraceparent, tracestateBeside } from './trace-context.js';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const SPAN = '00f067aa0ba902b7';

describe('parseTraceparent', () => {
  it('reads the four fields', () => {
    expect(parseTraceparent(`00-${TRACE}-${SPAN}-01`)).toEqual({ traceId: TRACE, spanId: SPAN, flags: '01' });
  });

  it('reads a later version by the fields of version 00', () => {
    expect(parseTraceparent(`cc-${TRACE}-${SPAN}-01-what-the-future-holds`)).toEqual({
      traceId: TRACE,
      spanId: SPAN,
      flags: '01',
    });
    expect(parseTraceparent(`cc-${TRACE}-${SPAN}-01`)).toBeDefined();
  });

  it.each([
    ['nothing', undefined],
    ['an empty header', ''],
    ['version ff', `ff-${TRACE}-${SPAN}-01`],
    ['version 00 with more fields', `00-${TRACE}-${SPAN}-01-more`],
    ['a later version whose flags run on', `cc-${TRACE}-${SPAN}-01.what`],
    ['an all-zero trace id', `00-${'0'.repeat(32)}-${SPAN}-01`],
    ['an all-zero span id', `00-${TRACE}-${'0'.repeat(16)}-01`],
    ['upper-case hex', `00-${TRACE.toUpperCase()}-${SPAN}-01`],
    ['a short trace id', `00-${TRACE.slice(1)}-${SPAN}-01`],
    ['a long span id', `00-${TRACE}-${SPAN}0-01`],
    ['flags that are no hex', `00-${TRACE}-${SPAN}-zz`],
    ['two headers joined', `00-${TRACE}-${SPAN}-01,00-${TRACE}-${SPAN}-01`],
  ])('refuses %s', (_what, header) => {
    expect(parseTraceparent(header)).toBeUndefined();
  });
});

describe('newTraceparent', () => {
  it('stays in the trace of its parent, under a span of its own', () => {
    const child = parseTraceparent(newTraceparent(`00-${TRACE}-${SPAN}-01`));
    expect(child).toMatchObject({ traceId: TRACE, flags: '01' });
    expect(child?.spanId).not.toBe(SPAN);
  });

  it('keeps the decision to record or not, and clears flags it does not know', () => {
    expect(newTraceparent(`00-${TRACE}-${SPAN}-fe`)).toMatch(/-00$/);
    expect(newTraceparent(`00-${TRACE}-${SPAN}-ff`)).toMatch(/-01$/);
  });

  it('begins a trace when there is no valid parent', () => {
    for (const parent of [undefined, 'nonsense', `00-${'0'.repeat(32)}-${SPAN}-01`]) {
      expect(newTraceparent(parent)).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
    }
  });

  it('always writes version 00', () => {
    expect(newTraceparent(`cc-${TRACE}-${SPAN}-01-more`)).toMatch(new RegExp(`^00-${TRACE}-[0-9a-f]{16}-01$`));
  });

  it('never repeats a span', () => {
    const spans = Array.from({ length: 1000 }, () => parseTraceparent(newTraceparent())?.spanId);
    expect(new Set(spans).size).toBe(1000);
  });
});

describe('tracestateBeside', () => {
  const PARENT = `00-${TRACE}-${SPAN}-01`;

  it.each([
    ['a valid one', PARENT, 'congo=t61rcWkgMzE,rojo=00f0', 'congo=t61rcWkgMzE,rojo=00f0'],
    ['nothing', PARENT, undefined, undefined],
    ['one without a traceparent', undefined, 'congo=1', undefined],
    ['one beside an invalid traceparent', '00-x', 'congo=1', undefined],
    ['512 characters', PARENT, `a=${'x'.repeat(510)}`, `a=${'x'.repeat(510)}`],
    ['513 characters', PARENT, `a=${'x'.repeat(511)}`, undefined],
    ['an empty one', PARENT, '', undefined],
    ['a control character', PARENT, 'a=\u0007', undefined],
  ])('passes on %s', (_, traceparent, tracestate, passed) => {
    expect(tracestateBeside(traceparent, tracestate)).toBe(passed);
  });
});
