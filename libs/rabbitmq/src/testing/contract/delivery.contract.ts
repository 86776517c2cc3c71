import { DependencyUnavailableError, QUEUE_NAMES } from '@slipstream/contracts';
import { expect, it, vi } from 'vitest';
import type { Delivery, Outcome } from '../../broker.js';
import { chatMessage, jobIdOf } from '../messages.js';
import { ACK, DEADLINE, QUEUE, type ContractBench } from './contract-bench.js';

/** Messages arrive in order, at any number of consumers, each with its concurrency. */
export function describeDeliveries(bench: ContractBench): void {
  it('delivers what was published, with its metadata', async () => {
    const deadline = new Date('2030-01-02T03:04:05.678Z');
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    const sent = chatMessage(1, { requestId: 'req-1', traceparent, deadline });
    const handler = vi.fn(async (_: Delivery) => ACK);
    await bench.consume(handler);
    await bench.broker.publish(QUEUE, sent);
    await vi.waitFor(() => expect(handler).toHaveBeenCalledOnce(), DEADLINE);
    expect(handler.mock.calls[0]?.[0]).toEqual({
      ...sent,
      lane: 'interactive',
      sentAt: expect.any(Date),
      attempt: 1,
      schemaVersion: 1,
      redelivered: false,
    });
    expect(bench.metrics.waits).toEqual([expect.any(Number)]);
    await vi.waitFor(() => expect(bench.metrics.consumes).toEqual(['chat_queue chat.generate ack']), DEADLINE);
    expect(bench.metrics.publishes).toEqual(['chat_queue chat.generate confirmed']);
  });

  it('delivers what was published before anybody consumed, in order', async () => {
    for (const n of [1, 2, 3, 4, 5]) await bench.broker.publish(QUEUE, chatMessage(n));
    const seen: unknown[] = [];
    await bench.consume(async (delivery) => {
      seen.push(jobIdOf(delivery));
      return ACK;
    });
    await vi.waitFor(() => expect(seen).toEqual(['job-1', 'job-2', 'job-3', 'job-4', 'job-5']), DEADLINE);
  });

  it('forgets a message once it is acknowledged', async () => {
    const first = await bench.consume(async () => ACK);
    await bench.broker.publish(QUEUE, chatMessage('done'));
    await vi.waitFor(() => expect(bench.metrics.consumes).toHaveLength(1), DEADLINE);
    await first.drain();
    const seen: unknown[] = [];
    await bench.consume(async (delivery) => {
      seen.push(jobIdOf(delivery));
      return ACK;
    });
    await bench.broker.publish(QUEUE, chatMessage('next'));
    await vi.waitFor(() => expect(seen).toEqual(['job-next']), DEADLINE);
  });

  it('works on as many at a time as agreed, and no more', async () => {
    const gates: (() => void)[] = [];
    let running = 0;
    let most = 0;
    await bench.consume(
      async () => {
        most = Math.max(most, ++running);
        await new Promise<void>((open) => gates.push(open));
        running -= 1;
        return ACK;
      },
      { concurrency: 3 },
    );
    for (let n = 0; n < 7; n += 1) await bench.broker.publish(QUEUE, chatMessage(n));
    for (let n = 0; n < 7; n += 1) {
      await vi.waitFor(() => expect(gates.length).toBeGreaterThanOrEqual(Math.min(n + 3, 7)), DEADLINE);
      gates[n]?.();
    }
    await vi.waitFor(() => expect(bench.metrics.consumes).toHaveLength(7), DEADLINE);
    expect(most).toBe(3);
  });

  it('takes no more from the queue than it works on, so that the rest is there for others', async () => {
    const gate = Promise.withResolvers<void>();
    await bench.consume(() => gate.promise.then(() => ACK), { concurrency: 3 });
    for (let n = 0; n < 8; n += 1) await bench.broker.publish(QUEUE, chatMessage(n));
    const ready = async () => (await bench.broker.inspect()).find(({ queue }) => queue === QUEUE)?.lanes[0]?.ready;
    await vi.waitFor(async () => expect(await ready()).toBe(5), DEADLINE);
    const other = bench.connect();
    await bench.consume(async () => ACK, { concurrency: 1 }, other);
    await vi.waitFor(() => expect(bench.metrics.consumes).toHaveLength(5), DEADLINE);
    gate.resolve();
    await vi.waitFor(() => expect(bench.metrics.consumes).toHaveLength(8), DEADLINE);
    await other.close();
  });

  it('delivers again, marked as such, what was unfinished when its consumer went away', async () => {
    const begun = Promise.withResolvers<void>();
    const dying = bench.connect();
    const never = new Promise<Outcome>(() => {});
    const consumption = await bench.consume(() => (begun.resolve(), never), { concurrency: 1 }, dying);
    await dying.publish(QUEUE, chatMessage('unfinished'));
    await begun.promise;
    const drained = consumption.drain();
    await dying.close();
    await drained;
    const seen: Delivery[] = [];
    await bench.consume(async (delivery) => {
      seen.push(delivery);
      return ACK;
    });
    await vi.waitFor(() => expect(seen).toHaveLength(1), DEADLINE);
    expect(seen[0]).toMatchObject({ payload: { jobId: 'job-unfinished' }, redelivered: true, attempt: 1 });
  });

  it('shares the messages of a queue among its consumers, each once', async () => {
    const seen: unknown[] = [];
    const handler = async (delivery: Delivery) => {
      seen.push(jobIdOf(delivery));
      return ACK;
    };
    const other = bench.connect();
    await bench.consume(handler, { concurrency: 2 });
    await bench.consume(handler, { concurrency: 2 }, other);
    const jobs = Array.from({ length: 40 }, (_, n) => n);
    await Promise.all(jobs.map((n) => bench.broker.publish(QUEUE, chatMessage(n))));
    await vi.waitFor(() => expect(seen).toHaveLength(40), DEADLINE);
    expect(new Set(seen).size).toBe(40);
    await other.close();
  });

  it('drains: takes nothing new, ends what is in work, leaves the rest to the next consumer', async () => {
    const finished: unknown[] = [];
    const work = Promise.withResolvers<void>();
    const begun = Promise.withResolvers<void>();
    const consumption = await bench.consume(async (delivery) => {
      begun.resolve();
      await work.promise;
      finished.push(jobIdOf(delivery));
      return ACK;
    });
    await bench.broker.publish(QUEUE, chatMessage(1));
    await begun.promise;
    await bench.broker.publish(QUEUE, chatMessage(2));
    const drained = consumption.drain();
    work.resolve();
    await drained;
    await consumption.drain();
    expect(finished).toEqual(['job-1']);
    const next: unknown[] = [];
    await bench.consume(async (delivery) => {
      next.push(jobIdOf(delivery));
      return ACK;
    });
    await vi.waitFor(() => expect(next).toEqual(['job-2']), DEADLINE);
  });

  it('tells what lies where', async () => {
    const status = async () => (await bench.broker.inspect()).find(({ queue }) => queue === QUEUE);
    await bench.broker.publish(QUEUE, chatMessage(1));
    for (const n of [2, 3]) await bench.broker.publish(QUEUE, chatMessage(n, { lane: 'background' }));
    const lanes = [
      { lane: 'interactive', ready: 1, delayed: 0, consumers: 0 },
      { lane: 'background', ready: 2, delayed: 0, consumers: 0 },
    ];
    await vi.waitFor(async () => expect(await status()).toEqual({ queue: QUEUE, lanes, deadLetters: 0 }), DEADLINE);
    expect((await bench.broker.inspect()).map(({ queue }) => queue)).toEqual(QUEUE_NAMES);
    const outcomes: Record<string, Outcome> = {
      'job-1': { do: 'retry', afterMs: 60_000 },
      'job-2': { do: 'dead-letter', reason: 'no' },
    };
    await bench.consume(async (delivery) => outcomes[String(jobIdOf(delivery))] ?? ACK);
    const after = [
      { lane: 'interactive', ready: 0, delayed: 1, consumers: 1 },
      { lane: 'background', ready: 0, delayed: 0, consumers: 1 },
    ];
    await vi.waitFor(
      async () => expect(await status()).toEqual({ queue: QUEUE, lanes: after, deadLetters: 1 }),
      DEADLINE,
    );
  });

  it('answers a check while open; closed, refuses everything, and closes again', async () => {
    await vi.waitFor(() => bench.broker.check(), DEADLINE);
    await bench.broker.close();
    await bench.broker.close();
    await expect(bench.broker.check()).rejects.toThrow(DependencyUnavailableError);
    await expect(bench.broker.publish(QUEUE, chatMessage())).rejects.toThrow(DependencyUnavailableError);
    await expect(bench.consume(async () => ACK)).rejects.toThrow(DependencyUnavailableError);
    expect(bench.metrics.publishes).toEqual(['chat_queue chat.generate unavailable']);
  });
}
