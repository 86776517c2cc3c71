import { DependencyUnavailableError, NotFoundError, QUEUE_NAMES, type QueueName, SlipstreamError } from '@slipstream/contracts';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Broker, Delivery, Outcome } from '../broker.js';
import type { BrokerOptions } from '../broker.options.js';
import type { WireMessage } from '../wire-message.js';
import { chatMessage, jobIdOf } from './messages.js';
import { recordingLogger, recordingMetrics } from './recording.js';

export type ClientOptions = Pick<BrokerOptions, 'logger' | 'metrics'>;

/** One empty server, and how a spec gets at it. */
export interface BrokerServer {
  /** Another client of the same server; the caller closes it. */
  connect(options: ClientOptions): Broker;
  /** Puts bytes into a queue that no Broker would send. */
  putRaw(queue: QueueName, message: WireMessage): Promise<void>;
  /** The dead letters of a queue now, oldest first. */
  deadLetters(queue: QueueName): Promise<readonly WireMessage[]>;
  close(): Promise<void>;
}

const QUEUE = 'chat_queue';
const ACK: Outcome = { do: 'ack' };

/** Retries wait a second or more on RabbitMQ. */
const PATIENCE = { timeout: 15_000, interval: 20 };

/** What every driver promises. `start` gives a server with empty queues. */
export function describeBroker(driver: string, start: () => Promise<BrokerServer>): void {
  describe(`${driver} as a Broker`, () => {
    let server: BrokerServer;
    let broker: Broker;
    let logger: ReturnType<typeof recordingLogger>;
    let metrics: ReturnType<typeof recordingMetrics>;

    const consume = (handler: (delivery: Delivery) => Promise<Outcome>, options = { concurrency: 1 }, client = broker) =>
      client.consume(QUEUE, options, handler);

    const deadLetters = async (count: number): Promise<readonly WireMessage[]> => {
      const seen: WireMessage[] = [];
      await vi.waitFor(async () => {
        seen.push(...(await server.deadLetters(QUEUE)).slice(seen.length));
        expect(seen).toHaveLength(count);
      }, PATIENCE);
      return seen;
    };

    beforeEach(async () => {
      server = await start();
      logger = recordingLogger();
      metrics = recordingMetrics();
      broker = server.connect({ logger, metrics });
    });

    afterEach(async () => {
      await broker.close();
      await server.close();
    });

    it('delivers what was published, with its metadata', async () => {
      const deadline = new Date('2030-01-02T03:04:05.678Z');
      const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
      const sent = chatMessage(1, { requestId: 'req-1', traceparent, deadline });
      const handler = vi.fn(async (_: Delivery) => ACK);
      await consume(handler);
      await broker.publish(QUEUE, sent);
      await vi.waitFor(() => expect(handler).toHaveBeenCalledOnce(), PATIENCE);
      expect(handler.mock.calls[0]?.[0]).toEqual({ ...sent, lane: 'interactive', sentAt: expect.any(Date), attempt: 1, schemaVersion: 1, redelivered: false });
      expect(metrics.waits).toEqual([expect.any(Number)]);
      await vi.waitFor(() => expect(metrics.consumes).toEqual(['chat_queue chat.generate ack']), PATIENCE);
      expect(metrics.publishes).toEqual(['chat_queue chat.generate confirmed']);
    });

    it('delivers what was published before anybody consumed, in order', async () => {
      for (const n of [1, 2, 3, 4, 5]) await broker.publish(QUEUE, chatMessage(n));
      const seen: unknown[] = [];
      await consume(async (delivery) => {
        seen.push(jobIdOf(delivery));
        return ACK;
      });
      await vi.waitFor(() => expect(seen).toEqual(['job-1', 'job-2', 'job-3', 'job-4', 'job-5']), PATIENCE);
    });

    it('forgets a message once it is acknowledged', async () => {
      const first = await consume(async () => ACK);
      await broker.publish(QUEUE, chatMessage('done'));
      await vi.waitFor(() => expect(metrics.consumes).toHaveLength(1), PATIENCE);
      await first.drain();
      const seen: unknown[] = [];
      await consume(async (delivery) => {
        seen.push(jobIdOf(delivery));
        return ACK;
      });
      await broker.publish(QUEUE, chatMessage('next'));
      await vi.waitFor(() => expect(seen).toEqual(['job-next']), PATIENCE);
    });

    it('works on as many at a time as agreed, and no more', async () => {
      const gates: (() => void)[] = [];
      let running = 0;
      let most = 0;
      await consume(
        async () => {
          most = Math.max(most, ++running);
          await new Promise<void>((open) => gates.push(open));
          running -= 1;
          return ACK;
        },
        { concurrency: 3 },
      );
      for (let n = 0; n < 7; n += 1) await broker.publish(QUEUE, chatMessage(n));
      for (let n = 0; n < 7; n += 1) {
        await vi.waitFor(() => expect(gates.length).toBeGreaterThanOrEqual(Math.min(n + 3, 7)), PATIENCE);
        gates[n]?.();
      }
      await vi.waitFor(() => expect(metrics.consumes).toHaveLength(7), PATIENCE);
      expect(most).toBe(3);
    });

    it('takes no more from the queue than it works on, so that the rest is there for others', async () => {
      const gate = Promise.withResolvers<void>();
      await consume(() => gate.promise.then(() => ACK), { concurrency: 3 });
      for (let n = 0; n < 8; n += 1) await broker.publish(QUEUE, chatMessage(n));
      const ready = async () => (await broker.inspect()).find(({ queue }) => queue === QUEUE)?.lanes[0]?.ready;
      await vi.waitFor(async () => expect(await ready()).toBe(5), PATIENCE);
      const other = server.connect({ logger, metrics });
      await consume(async () => ACK, { concurrency: 1 }, other);
      await vi.waitFor(() => expect(metrics.consumes).toHaveLength(5), PATIENCE);
      gate.resolve();
      await vi.waitFor(() => expect(metrics.consumes).toHaveLength(8), PATIENCE);
      await other.close();
    });

    it('retries after the delay asked for, as the next attempt of the same message', async () => {
      const sent = chatMessage(1, { requestId: 'req-1' });
      const seen: { delivery: Delivery; at: number }[] = [];
      await consume(async (delivery) => {
        seen.push({ delivery, at: performance.now() });
        return delivery.attempt < 3 ? { do: 'retry', afterMs: 300 } : ACK;
      });
      await broker.publish(QUEUE, sent);
      await vi.waitFor(() => expect(seen).toHaveLength(3), PATIENCE);
      expect(seen.map(({ delivery }) => delivery)).toEqual([1, 2, 3].map((attempt) => ({ ...sent, deadline: undefined, lane: 'interactive', sentAt: seen[0]?.delivery.sentAt, attempt, schemaVersion: 1, redelivered: false })));
      const [first, second, third] = seen.map(({ at }) => at) as [number, number, number];
      expect(Math.min(second - first, third - second)).toBeGreaterThanOrEqual(295);
    });

    it('goes on with others while one waits for its retry', async () => {
      const seen: string[] = [];
      await consume(async (delivery) => {
        seen.push(`${String(jobIdOf(delivery))} ${delivery.attempt}`);
        return jobIdOf(delivery) === 'job-late' && delivery.attempt === 1 ? { do: 'retry', afterMs: 500 } : ACK;
      });
      await broker.publish(QUEUE, chatMessage('late'));
      await broker.publish(QUEUE, chatMessage('other'));
      await vi.waitFor(() => expect(seen).toEqual(['job-late 1', 'job-other 1', 'job-late 2']), PATIENCE);
    });

    it('puts a dead letter aside with its reason, and logs it', async () => {
      const sent = chatMessage();
      await consume(async () => ({ do: 'dead-letter', reason: 'the model is gone' }));
      await broker.publish(QUEUE, sent);
      const [letter] = await deadLetters(1);
      expect(letter?.properties).toMatchObject({ messageId: sent.id, type: 'chat.generate', headers: { 'slipstream-dead-reason': 'the model is gone' } });
      expect(JSON.parse(String(letter?.content))).toEqual(sent.payload);
      expect(logger.lines).toContainEqual(expect.objectContaining({ level: 'error', facts: expect.objectContaining({ messageId: sent.id, reason: 'the model is gone' }) }));
      expect(metrics.consumes).toEqual(['chat_queue chat.generate dead-letter']);
    });

    it('retries after an error that says so, and buries after any other', async () => {
      const errors: Record<string, Error> = {
        'job-retry': new SlipstreamError('busy', 'Busy.', { isRetryable: true }),
        'job-final': new NotFoundError('chat', 'c1'),
        'job-bug': new TypeError('x is not a function'),
      };
      const acknowledged: string[] = [];
      await consume(async (delivery) => {
        const error = errors[String(jobIdOf(delivery))];
        if (error && delivery.attempt === 1) throw error;
        acknowledged.push(`${String(jobIdOf(delivery))} ${delivery.attempt}`);
        return ACK;
      });
      for (const n of ['retry', 'final', 'bug']) await broker.publish(QUEUE, chatMessage(n));
      const reasons = (await deadLetters(2)).map((letter) => letter.properties.headers?.['slipstream-dead-reason']);
      expect(reasons).toEqual(["chat_not_found: There is no chat 'c1'.", 'unexpected_error: x is not a function']);
      await vi.waitFor(() => expect(acknowledged).toEqual(['job-retry 2']), PATIENCE);
    });

    it('buries a message whose attempts are used up', async () => {
      await broker.consume(QUEUE, { concurrency: 1, maxAttempts: 2 }, async () => ({ do: 'retry', afterMs: 1 }));
      await broker.publish(QUEUE, chatMessage());
      const [letter] = await deadLetters(1);
      expect(letter?.properties.headers).toMatchObject({ 'slipstream-attempt': 2, 'slipstream-dead-reason': 'attempts_exhausted after 2' });
    });

    it.each([
      { fault: 'an unknown type', type: 'chat.sing', content: '{}', reason: /^unknown message type 'chat\.sing'/, label: 'unknown' },
      { fault: 'no type', type: undefined, content: '{}', reason: /^no message type/, label: 'unknown' },
      { fault: 'broken JSON', type: 'chat.generate', content: '{"jobId": "secret', reason: /^payload is not JSON$/, label: 'chat.generate' },
      { fault: 'a payload that fails its schema', type: 'chat.generate', content: '{"jobId":"j"}', reason: /^payload doesn't fit 'chat\.generate': chatId: /, label: 'chat.generate' },
    ])('buries a message with $fault without asking the handler', async ({ type, content, reason, label }) => {
      const handler = vi.fn(async () => ACK);
      await consume(handler);
      await server.putRaw(QUEUE, { content: Buffer.from(content), properties: { messageId: 'm-1', type, headers: {} } });
      const [letter] = await deadLetters(1);
      expect(letter?.properties.headers?.['slipstream-dead-reason']).toMatch(reason);
      expect(String(letter?.content)).toBe(content);
      expect(metrics.consumes).toEqual([`chat_queue ${label} dead-letter`]);
      expect(logger.lines.filter(({ level }) => level === 'error')).toHaveLength(1);
      expect(JSON.stringify(logger.lines)).not.toContain('secret');
      expect(handler).not.toHaveBeenCalled();
    });

    it('does not do what nobody waits for any more', async () => {
      const seen: unknown[] = [];
      await broker.publish(QUEUE, chatMessage('late', { deadline: new Date(Date.now() - 1) }));
      await broker.publish(QUEUE, chatMessage('in-time', { deadline: new Date(Date.now() + 60_000) }));
      await consume(async (delivery) => {
        seen.push(jobIdOf(delivery));
        return ACK;
      });
      const [letter] = await deadLetters(1);
      expect(letter?.properties.headers?.['slipstream-dead-reason']).toBe('deadline_passed before anybody took it');
      await vi.waitFor(() => expect(seen).toEqual(['job-in-time']), PATIENCE);
      expect(metrics.consumes).toContain('chat_queue chat.generate dead-letter');
    });

    it('drains: takes nothing new, ends what is in work, leaves the rest to the next consumer', async () => {
      const finished: unknown[] = [];
      const work = Promise.withResolvers<void>();
      const begun = Promise.withResolvers<void>();
      const consumption = await consume(async (delivery) => {
        begun.resolve();
        await work.promise;
        finished.push(jobIdOf(delivery));
        return ACK;
      });
      await broker.publish(QUEUE, chatMessage(1));
      await begun.promise;
      await broker.publish(QUEUE, chatMessage(2));
      const drained = consumption.drain();
      work.resolve();
      await drained;
      await consumption.drain();
      expect(finished).toEqual(['job-1']);
      const next: unknown[] = [];
      await consume(async (delivery) => {
        next.push(jobIdOf(delivery));
        return ACK;
      });
      await vi.waitFor(() => expect(next).toEqual(['job-2']), PATIENCE);
    });

    it('delivers again, marked as such, what was unfinished when its consumer went away', async () => {
      const begun = Promise.withResolvers<void>();
      const dying = server.connect({ logger, metrics });
      const never = new Promise<Outcome>(() => {});
      const consumption = await consume(() => (begun.resolve(), never), { concurrency: 1 }, dying);
      await dying.publish(QUEUE, chatMessage('unfinished'));
      await begun.promise;
      const drained = consumption.drain();
      await dying.close();
      await drained;
      const seen: Delivery[] = [];
      await consume(async (delivery) => {
        seen.push(delivery);
        return ACK;
      });
      await vi.waitFor(() => expect(seen).toHaveLength(1), PATIENCE);
      expect(seen[0]).toMatchObject({ payload: { jobId: 'job-unfinished' }, redelivered: true, attempt: 1 });
    });

    it('shares the messages of a queue among its consumers, each once', async () => {
      const seen: unknown[] = [];
      const handler = async (delivery: Delivery) => {
        seen.push(jobIdOf(delivery));
        return ACK;
      };
      const other = server.connect({ logger, metrics });
      await consume(handler, { concurrency: 2 });
      await consume(handler, { concurrency: 2 }, other);
      const jobs = Array.from({ length: 40 }, (_, n) => n);
      await Promise.all(jobs.map((n) => broker.publish(QUEUE, chatMessage(n))));
      await vi.waitFor(() => expect(seen).toHaveLength(40), PATIENCE);
      expect(new Set(seen).size).toBe(40);
      await other.close();
    });

    it('takes interactive messages before background ones that came first', async () => {
      const seen: string[] = [];
      const gate = Promise.withResolvers<void>();
      await consume(async (delivery) => {
        if (seen.push(`${delivery.lane} ${String(jobIdOf(delivery))}`) === 1) await gate.promise;
        return ACK;
      });
      await broker.publish(QUEUE, chatMessage(1));
      await vi.waitFor(() => expect(seen).toHaveLength(1), PATIENCE);
      for (const n of [2, 3]) await broker.publish(QUEUE, chatMessage(n, { lane: 'background' }));
      for (const n of [4, 5]) await broker.publish(QUEUE, chatMessage(n));
      gate.resolve();
      await vi.waitFor(() => expect(seen).toHaveLength(5), PATIENCE);
      expect(seen).toEqual(['interactive job-1', 'interactive job-4', 'interactive job-5', 'background job-2', 'background job-3']);
    });

    it('keeps room for interactive messages while background ones take long', async () => {
      const seen: unknown[] = [];
      const gate = Promise.withResolvers<void>();
      await consume(
        async (delivery) => {
          seen.push(jobIdOf(delivery));
          if (delivery.lane === 'background') await gate.promise;
          return ACK;
        },
        { concurrency: 2 },
      );
      for (const n of ['long', 'longer']) await broker.publish(QUEUE, chatMessage(n, { lane: 'background' }));
      for (const n of [1, 2]) await broker.publish(QUEUE, chatMessage(n));
      await vi.waitFor(() => expect(new Set(seen)).toEqual(new Set(['job-long', 'job-1', 'job-2'])), PATIENCE);
      gate.resolve();
      await vi.waitFor(() => expect(seen).toContain('job-longer'), PATIENCE);
    });

    it('keeps a message in its lane over retries', async () => {
      const seen: string[] = [];
      await consume(async ({ lane, attempt }) => {
        seen.push(`${lane} ${attempt}`);
        return attempt === 1 ? { do: 'retry', afterMs: 1 } : ACK;
      });
      await broker.publish(QUEUE, chatMessage(1, { lane: 'background' }));
      await vi.waitFor(() => expect(seen).toEqual(['background 1', 'background 2']), PATIENCE);
    });

    it('tells what lies where', async () => {
      const status = async () => (await broker.inspect()).find(({ queue }) => queue === QUEUE);
      await broker.publish(QUEUE, chatMessage(1));
      for (const n of [2, 3]) await broker.publish(QUEUE, chatMessage(n, { lane: 'background' }));
      const lanes = [
        { lane: 'interactive', ready: 1, delayed: 0, consumers: 0 },
        { lane: 'background', ready: 2, delayed: 0, consumers: 0 },
      ];
      await vi.waitFor(async () => expect(await status()).toEqual({ queue: QUEUE, lanes, deadLetters: 0 }), PATIENCE);
      expect((await broker.inspect()).map(({ queue }) => queue)).toEqual(QUEUE_NAMES);
      const outcomes: Record<string, Outcome> = { 'job-1': { do: 'retry', afterMs: 60_000 }, 'job-2': { do: 'dead-letter', reason: 'no' } };
      await consume(async (delivery) => outcomes[String(jobIdOf(delivery))] ?? ACK);
      const after = [
        { lane: 'interactive', ready: 0, delayed: 1, consumers: 1 },
        { lane: 'background', ready: 0, delayed: 0, consumers: 1 },
      ];
      await vi.waitFor(async () => expect(await status()).toEqual({ queue: QUEUE, lanes: after, deadLetters: 1 }), PATIENCE);
    });

    describe('with dead letters', () => {
      const idsOf = async () => (await broker.deadLetters(QUEUE).list(10)).map(({ id }) => id);

      /** A queue with dead letters of these ids, in this order, and nobody who consumes it. */
      async function bury(...ids: string[]): Promise<void> {
        const consumption = await consume(async ({ id }) => ({ do: 'dead-letter', reason: `no ${id}` }));
        for (const id of ids) await broker.publish(QUEUE, chatMessage(id, { id, lane: 'background', requestId: 'r' }));
        await vi.waitFor(async () => expect(await idsOf()).toEqual(ids), PATIENCE);
        await consumption.drain();
      }

      it('lists the oldest, as often as one looks, without their contents', async () => {
        await bury('a', 'b', 'c');
        for (let n = 0; n < 25; n += 1) expect(await broker.deadLetters(QUEUE).list(2)).toHaveLength(2);
        const [first] = await broker.deadLetters(QUEUE).list(1);
        expect(first).toEqual({
          id: 'a',
          type: 'chat.generate',
          lane: 'background',
          reason: 'no a',
          deadAt: expect.any(Date),
          sentAt: expect.any(Date),
          attempt: 1,
          requestId: 'r',
          sizeBytes: JSON.stringify(chatMessage('a').payload).length,
        });
      });

      it('puts one back as a first attempt in its lane, and leaves the others in their order', async () => {
        await bury('a', 'b', 'c');
        expect(await broker.deadLetters(QUEUE).replay('b')).toBe(true);
        expect(await broker.deadLetters(QUEUE).replay('b')).toBe(false);
        expect(await idsOf()).toEqual(['a', 'c']);
        const seen: Delivery[] = [];
        await consume(async (delivery) => {
          seen.push(delivery);
          return ACK;
        });
        await vi.waitFor(() => expect(seen).toMatchObject([{ id: 'b', lane: 'background', attempt: 1, redelivered: false, requestId: 'r' }]), PATIENCE);
      });

      it('puts back without its deadline what came too late', async () => {
        const consumption = await consume(async () => ACK);
        await broker.publish(QUEUE, chatMessage('late', { id: 'late', deadline: new Date(0) }));
        await vi.waitFor(async () => expect(await idsOf()).toEqual(['late']), PATIENCE);
        await consumption.drain();
        expect(await broker.deadLetters(QUEUE).replay('late')).toBe(true);
        const seen: Delivery[] = [];
        await consume(async (delivery) => {
          seen.push(delivery);
          return ACK;
        });
        await vi.waitFor(() => expect(seen).toMatchObject([{ id: 'late', deadline: undefined }]), PATIENCE);
      });

      it('buries again, with the new reason, what fails again', async () => {
        await bury('a');
        expect(await broker.deadLetters(QUEUE).replayAll()).toBe(1);
        await consume(async () => ({ do: 'dead-letter', reason: 'still not' }));
        await vi.waitFor(async () => expect(await broker.deadLetters(QUEUE).list(10)).toMatchObject([{ id: 'a', reason: 'still not' }]), PATIENCE);
      });

      it('puts all back', async () => {
        await bury('a', 'b', 'c');
        expect(await broker.deadLetters(QUEUE).replayAll()).toBe(3);
        expect(await broker.deadLetters(QUEUE).replayAll()).toBe(0);
        const seen: string[] = [];
        await consume(async ({ id }) => {
          seen.push(id);
          return ACK;
        });
        await vi.waitFor(() => expect(seen.toSorted()).toEqual(['a', 'b', 'c']), PATIENCE);
      });

      it('deletes one, and all', async () => {
        await bury('a', 'b', 'c');
        expect([await broker.deadLetters(QUEUE).delete('b'), await broker.deadLetters(QUEUE).delete('b')]).toEqual([true, false]);
        expect(await idsOf()).toEqual(['a', 'c']);
        expect([await broker.deadLetters(QUEUE).deleteAll(), await broker.deadLetters(QUEUE).deleteAll()]).toEqual([2, 0]);
        expect(await idsOf()).toEqual([]);
      });
    });

    it('answers a check while open; closed, refuses everything, and closes again', async () => {
      await vi.waitFor(() => broker.check(), PATIENCE);
      await broker.close();
      await broker.close();
      await expect(broker.check()).rejects.toThrow(DependencyUnavailableError);
      await expect(broker.publish(QUEUE, chatMessage())).rejects.toThrow(DependencyUnavailableError);
      await expect(consume(async () => ACK)).rejects.toThrow(DependencyUnavailableError);
      expect(metrics.publishes).toEqual(['chat_queue chat.generate unavailable']);
    });
  });
}
