import { expect, it, vi } from 'vitest';
import { chatMessage, jobIdOf } from '../messages.js';
import { ACK, DEADLINE, QUEUE, type ContractBench } from './contract-bench.js';

/** Interactive work before background work. */
export function describeLanes(bench: ContractBench): void {
  it('takes interactive messages before background ones that came first', async () => {
    const seen: string[] = [];
    const gate = Promise.withResolvers<void>();
    await bench.consume(async (delivery) => {
      if (seen.push(`${delivery.lane} ${String(jobIdOf(delivery))}`) === 1) await gate.promise;
      return ACK;
    });
    await bench.broker.publish(QUEUE, chatMessage(1));
    await vi.waitFor(() => expect(seen).toHaveLength(1), DEADLINE);
    for (const n of [2, 3]) await bench.broker.publish(QUEUE, chatMessage(n, { lane: 'background' }));
    for (const n of [4, 5]) await bench.broker.publish(QUEUE, chatMessage(n));
    gate.resolve();
    await vi.waitFor(() => expect(seen).toHaveLength(5), DEADLINE);
    expect(seen).toEqual([
      'interactive job-1',
      'interactive job-4',
      'interactive job-5',
      'background job-2',
      'background job-3',
    ]);
  });

  it('keeps room for interactive messages while background ones take long', async () => {
    const seen: unknown[] = [];
    const gate = Promise.withResolvers<void>();
    await bench.consume(
      async (delivery) => {
        seen.push(jobIdOf(delivery));
        if (delivery.lane === 'background') await gate.promise;
        return ACK;
      },
      { concurrency: 2 },
    );
    for (const n of ['long', 'longer']) await bench.broker.publish(QUEUE, chatMessage(n, { lane: 'background' }));
    for (const n of [1, 2]) await bench.broker.publish(QUEUE, chatMessage(n));
    await vi.waitFor(() => expect(new Set(seen)).toEqual(new Set(['job-long', 'job-1', 'job-2'])), DEADLINE);
    gate.resolve();
    await vi.waitFor(() => expect(seen).toContain('job-longer'), DEADLINE);
  });

  it('keeps a message in its lane over retries', async () => {
    const seen: string[] = [];
    await bench.consume(async ({ lane, attempt }) => {
      seen.push(`${lane} ${attempt}`);
      return attempt === 1 ? { do: 'retry', afterMs: 1 } : ACK;
    });
    await bench.broker.publish(QUEUE, chatMessage(1, { lane: 'background' }));
    await vi.waitFor(() => expect(seen).toEqual(['background 1', 'background 2']), DEADLINE);
  });
}
