import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { currentContext, runInContext } from './request-context.js';
import { requestIdFrom } from './request-id.js';

const TRACEPARENT = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';

describe('runInContext', () => {
  it('continues the incoming trace in a span of its own', () => {
    const context = runInContext({ requestId: 'r-1', traceparent: TRACEPARENT }, currentContext);
    expect(context).toMatchObject({ requestId: 'r-1', traceId: '4bf92f3577b34da6a3ce929d0e0e4736' });
    expect(context?.spanId).not.toBe('00f067aa0ba902b7');
    expect(context?.traceparent).toBe(`00-${context?.traceId}-${context?.spanId}-01`);
  });

  it('follows asynchronous work and keeps concurrent work apart', async () => {
    const idLater = async () => {
      await setImmediate();
      return currentContext()?.requestId;
    };
    const ids = await Promise.all(['a', 'b', 'c'].map((requestId) => runInContext({ requestId }, idLater)));
    expect(ids).toEqual(['a', 'b', 'c']);
  });

  it('is nowhere outside', () => {
    expect(currentContext()).toBeUndefined();
  });

  it('makes what is missing', () => {
    const context = runInContext({}, currentContext);
    expect(context?.requestId).toMatch(/^[0-9a-f-]{36}$/);
    expect(context?.traceId).toMatch(/^[0-9a-f]{32}$/);
  });
});

describe('requestIdFrom', () => {
  it.each(['a', 'A-1_2.3', 'x'.repeat(64)])('accepts %s', (id) => {
    expect(requestIdFrom(id)).toBe(id);
  });

  it.each([undefined, '', 'x'.repeat(65), 'a b', 'a\nb', '<script>', 'é', '{"a":1}'])('replaces %j', (id) => {
    expect(requestIdFrom(id)).toMatch(/^[0-9a-f-]{36}$/);
  });
});
