import { describe, expect, it, vi } from 'vitest';
import { runRestarting } from './restarting-app.mjs';

/** An app that ends at the given interrupt. */
function newApp({ endsAt = 1 } = {}) {
  const { promise: exited, resolve } = Promise.withResolvers<number>();
  const interrupt = vi.fn((count: number) => void (count >= endsAt && resolve(0)));
  return { exited, interrupt, crash: () => resolve(70) };
}

/** A run whose changes and compile errors the test decides. */
function newRun(apps: ReturnType<typeof newApp>[]) {
  const stop = new AbortController();
  const lines: string[] = [];
  const errors: string[][] = [];
  let change = Promise.withResolvers<string[]>();
  const start = vi.fn(async () => apps[start.mock.calls.length - 1]!);
  const ended = runRestarting({
    start,
    changes: { next: () => change.promise.finally(() => (change = Promise.withResolvers())) },
    compile: async () => errors.shift() ?? [],
    log: (line: string) => lines.push(line),
    signal: stop.signal,
  });
  return { start, lines, errors, stop, ended, change: () => change.resolve(['store.ts']) };
}

describe('runRestarting', () => {
  it('ends the app after a change, and starts it again', async () => {
    const apps = [newApp(), newApp()];
    const { start, change, lines, stop, ended } = newRun(apps);
    change();
    await vi.waitFor(() => expect(start).toHaveBeenCalledTimes(2));
    expect(apps[0]!.interrupt.mock.calls[0]).toEqual([1]);
    expect(lines).toEqual(['Changed: 1 file(s). The app is started again.']);
    stop.abort();
    await ended;
    expect(apps[1]!.interrupt).toHaveBeenCalled();
  });

  it('kills an app that does not drain at once', async () => {
    const apps = [newApp({ endsAt: 2 }), newApp()];
    const { start, change, stop, ended } = newRun(apps);
    change();
    await vi.waitFor(() => expect(start).toHaveBeenCalledTimes(2));
    expect(apps[0]!.interrupt.mock.calls).toEqual([[1], [2]]);
    stop.abort();
    await ended;
  });

  it('lets the app run while a file does not compile', async () => {
    const apps = [newApp(), newApp()];
    const { start, change, errors, lines, stop, ended } = newRun(apps);
    errors.push(['store.ts:2: expression expected']);
    change();
    await vi.waitFor(() => expect(lines).toEqual(['store.ts:2: expression expected']));
    expect([start.mock.calls.length, apps[0]!.interrupt.mock.calls.length]).toEqual([1, 0]);
    change();
    await vi.waitFor(() => expect(start).toHaveBeenCalledTimes(2));
    stop.abort();
    await ended;
  });

  it('starts an app that ended by itself after the next change', async () => {
    const apps = [newApp(), newApp()];
    const { start, change, lines, stop, ended } = newRun(apps);
    await vi.waitFor(() => expect(start).toHaveBeenCalledTimes(1));
    apps[0]!.crash();
    await vi.waitFor(() => expect(lines).toEqual([expect.stringContaining('ended with code 70')]));
    expect(start).toHaveBeenCalledTimes(1);
    change();
    await vi.waitFor(() => expect(start).toHaveBeenCalledTimes(2));
    stop.abort();
    await ended;
  });
});
