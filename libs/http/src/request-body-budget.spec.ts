import { EventEmitter } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { RequestBodyBudget } from './request-body-budget.js';

const MIB = 1024 * 1024;
const MAX_BODY = 4 * MIB;

const requestOf = (headers: Record<string, string>): IncomingMessage => ({ headers, httpVersionMajor: 1 }) as never;
const sized = (bytes: number): IncomingMessage => requestOf({ 'content-length': `${bytes}` });
const chunked = requestOf({ 'transfer-encoding': 'chunked' });

let sut: RequestBodyBudget;
beforeEach(() => {
  vi.useFakeTimers();
  sut = new RequestBodyBudget(10 * MIB, 1_000);
});
afterEach(() => void vi.useRealTimers());

/** Asks for memory. */
function ask(request: IncomingMessage) {
  const response = new EventEmitter();
  const outcome = vi.fn();
  const admitted = sut.admit(request, response as ServerResponse, MAX_BODY);
  admitted?.then(
    (hold) => outcome('admitted', hold),
    ({ code }: { code: string }) => outcome(code),
  );
  return {
    outcome: async () => (await vi.advanceTimersByTimeAsync(0), outcome.mock.lastCall?.[0] as string | undefined),
    hold: () => outcome.mock.lastCall?.[1] as { shrinkTo(bytes: number): void },
    end: () => response.emit('close'),
    listeners: () => response.listenerCount('close'),
  };
}

describe('RequestBodyBudget', () => {
  it.each([
    ['without content', requestOf({})],
    ['of 64 KiB', sized(64 * 1024)],
    ['above the limit of its reader', sized(MAX_BODY + 1)],
  ])('does not count a body %s', (_, request) => {
    expect(sut.admit(request, new EventEmitter() as ServerResponse, MAX_BODY)).toBeUndefined();
    expect(sut.tryAdmit(request, new EventEmitter() as ServerResponse, MAX_BODY)).toBe(true);
    expect(sut.used).toBe(0);
  });

  it('counts a body until its answer ends, and one of unknown length as the largest, until that is known', async () => {
    const [first, second] = [ask(sized(3 * MIB)), ask(chunked)];
    expect([await first.outcome(), await second.outcome(), sut.used]).toEqual(['admitted', 'admitted', 7 * MIB]);
    second.hold().shrinkTo(100);
    expect(sut.used).toBe(3 * MIB + 100);
    second.hold().shrinkTo(200);
    first.end();
    expect(sut.used).toBe(100);
    second.end();
    expect(sut.used).toBe(0);
  });

  it('lets bodies wait in the order of their arrival', async () => {
    const held = [ask(sized(4 * MIB)), ask(sized(4 * MIB))];
    const waiting = [ask(sized(4 * MIB)), ask(sized(MIB)), ask(sized(MIB))];
    expect([await waiting[0]!.outcome(), await waiting[1]!.outcome(), sut.waiting]).toEqual([undefined, undefined, 3]);
    expect(sut.tryAdmit(sized(MIB), new EventEmitter() as ServerResponse, MAX_BODY)).toBe(false);
    held[0]!.end();
    for (const one of waiting) expect(await one.outcome()).toBe('admitted');
    expect([sut.used, sut.waiting]).toEqual([10 * MIB, 0]);
    for (const one of [...held, ...waiting]) one.end();
    expect(sut.used).toBe(0);
  });

  it('refuses what has waited too long, and serves those behind it', async () => {
    const held = [ask(sized(4 * MIB)), ask(sized(4 * MIB))];
    const [large, small] = [ask(sized(4 * MIB)), ask(sized(MIB))];
    await vi.advanceTimersByTimeAsync(999);
    expect(await large.outcome()).toBeUndefined();
    await vi.advanceTimersByTimeAsync(1);
    expect([await large.outcome(), await small.outcome()]).toEqual(['too_many_large_requests', 'admitted']);
    expect([large.listeners(), sut.used]).toEqual([0, 9 * MIB]);
    for (const one of [...held, small]) one.end();
    expect(sut.used).toBe(0);
  });

  it('forgets a client that leaves while it waits', async () => {
    const held = [ask(sized(4 * MIB)), ask(sized(4 * MIB))];
    const [gone, next] = [ask(sized(4 * MIB)), ask(sized(2 * MIB))];
    gone.end();
    expect([await gone.outcome(), await next.outcome()]).toEqual(['body_incomplete', 'admitted']);
    for (const one of [...held, next]) one.end();
    expect([sut.used, sut.waiting, vi.getTimerCount()]).toEqual([0, 0, 0]);
  });

  it('admits a body that exceeds it when that is the only one', async () => {
    sut = new RequestBodyBudget(MIB);
    const [first, second] = [ask(sized(3 * MIB)), ask(sized(3 * MIB))];
    expect([await first.outcome(), await second.outcome()]).toEqual(['admitted', undefined]);
    first.end();
    expect(await second.outcome()).toBe('admitted');
  });

  it('gives room by tryAdmit until the answer ends', () => {
    const response = new EventEmitter();
    expect(sut.tryAdmit(sized(MIB), response as ServerResponse, MAX_BODY)).toBe(true);
    expect(sut.used).toBe(MIB);
    response.emit('close');
    expect(sut.used).toBe(0);
  });
});
