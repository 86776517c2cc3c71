import { NotFoundError, SlipstreamError } from '@slipstream/contracts';
import { expect, it, vi } from 'vitest';
import type { Delivery } from '../../broker.js';
import { chatMessage, jobIdOf } from '../messages.js';
import { ACK, DEADLINE, QUEUE, type ContractBench } from './contract-bench.js';

/** Outcomes of messages, with and without a handler. */
export function describeOutcomes(bench: ContractBench): void {
  it('retries after the delay asked for, as the next attempt of the same message', async () => {
    const sent = chatMessage(1, { requestId: 'req-1' });
    const seen: { delivery: Delivery; at: number }[] = [];
    await bench.consume(async (delivery) => {
      seen.push({ delivery, at: performance.now() });
      return delivery.attempt < 3 ? { do: 'retry', afterMs: 300 } : ACK;
    });
    await bench.broker.publish(QUEUE, sent);
    await vi.waitFor(() => expect(seen).toHaveLength(3), DEADLINE);
    expect(seen.map(({ delivery }) => delivery)).toEqual(
      [1, 2, 3].map((attempt) => ({
        ...sent,
        deadline: undefined,
        lane: 'interactive',
        sentAt: seen[0]?.delivery.sentAt,
        attempt,
        schemaVersion: 1,
        redelivered: false,
      })),
    );
    const [first, second, third] = seen.map(({ at }) => at) as [number, number, number];
    expect(Math.min(second - first, third - second)).toBeGreaterThanOrEqual(295);
  });

  it('goes on with others while one waits for its retry', async () => {
    const seen: string[] = [];
    await bench.consume(async (delivery) => {
      seen.push(`${String(jobIdOf(delivery))} ${delivery.attempt}`);
      return jobIdOf(delivery) === 'job-late' && delivery.attempt === 1 ? { do: 'retry', afterMs: 500 } : ACK;
    });
    await bench.broker.publish(QUEUE, chatMessage('late'));
    await bench.broker.publish(QUEUE, chatMessage('other'));
    await vi.waitFor(() => expect(seen).toEqual(['job-late 1', 'job-other 1', 'job-late 2']), DEADLINE);
  });

  it('puts a dead letter aside with its reason, and logs it', async () => {
    const sent = chatMessage();
    await bench.consume(async () => ({ do: 'dead-letter', reason: 'the model is gone' }));
    await bench.broker.publish(QUEUE, sent);
    const [letter] = await bench.deadLetters(1);
    expect(letter?.properties).toMatchObject({
      messageId: sent.id,
      type: 'chat.generate',
      headers: { 'slipstream-dead-reason': 'the model is gone' },
    });
    expect(JSON.parse(String(letter?.content))).toEqual(sent.payload);
    expect(bench.logger.lines).toContainEqual(
      expect.objectContaining({
        level: 'error',
        facts: expect.objectContaining({ messageId: sent.id, reason: 'the model is gone' }),
      }),
    );
    expect(bench.metrics.consumes).toEqual(['chat_queue chat.generate dead-letter']);
  });

  it('retries after an error that says so, and buries after any other', async () => {
    const errors: Record<string, Error> = {
      'job-retry': new SlipstreamError('pool_busy', 'Busy.'),
      'job-final': new NotFoundError('chat', 'c1'),
      'job-bug': new TypeError('x is not a function'),
    };
    const acknowledged: string[] = [];
    await bench.consume(async (delivery) => {
      const error = errors[String(jobIdOf(delivery))];
      if (error && delivery.attempt === 1) throw error;
      acknowledged.push(`${String(jobIdOf(delivery))} ${delivery.attempt}`);
      return ACK;
    });
    for (const n of ['retry', 'final', 'bug']) await bench.broker.publish(QUEUE, chatMessage(n));
    const reasons = (await bench.deadLetters(2)).map((letter) => letter.properties.headers?.['slipstream-dead-reason']);
    expect(reasons).toEqual(["chat_not_found: The chat 'c1' does not exist.", 'unexpected_error: x is not a function']);
    await vi.waitFor(() => expect(acknowledged).toEqual(['job-retry 2']), DEADLINE);
  });

  it('buries a message whose attempts are used up', async () => {
    await bench.broker.consume(QUEUE, { concurrency: 1, maxAttempts: 2 }, async () => ({ do: 'retry', afterMs: 1 }));
    await bench.broker.publish(QUEUE, chatMessage());
    const [letter] = await bench.deadLetters(1);
    expect(letter?.properties.headers).toMatchObject({
      'slipstream-attempt': 2,
      'slipstream-dead-reason': 'attempts_exhausted after 2',
    });
  });

  it.each([
    {
      fault: 'an unknown type',
      type: 'chat.sing',
      content: '{}',
      reason: /^unknown message type 'chat\.sing'/,
      label: 'unknown',
    },
    { fault: 'no type', type: undefined, content: '{}', reason: /^no message type/, label: 'unknown' },
    {
      fault: 'broken JSON',
      type: 'chat.generate',
      content: '{"jobId": "secret',
      reason: /^payload is not JSON$/,
      label: 'chat.generate',
    },
    {
      fault: 'a payload that fails its schema',
      type: 'chat.generate',
      content: '{"jobId":"j"}',
      reason: /^payload does not match 'chat\.generate': chatId: /,
      label: 'chat.generate',
    },
  ])('buries a message with $fault without asking the handler', async ({ type, content, reason, label }) => {
    const handler = vi.fn(async () => ACK);
    await bench.consume(handler);
    await bench.server.putRaw(QUEUE, {
      content: Buffer.from(content),
      properties: { messageId: 'm-1', type, headers: {} },
    });
    const [letter] = await bench.deadLetters(1);
    expect(letter?.properties.headers?.['slipstream-dead-reason']).toMatch(reason);
    expect(String(letter?.content)).toBe(content);
    expect(bench.metrics.consumes).toEqual([`chat_queue ${label} dead-letter`]);
    expect(bench.logger.lines.filter(({ level }) => level === 'error')).toHaveLength(1);
    expect(JSON.stringify(bench.logger.lines)).not.toContain('secret');
    expect(handler).not.toHaveBeenCalled();
  });

  it('does not do what nobody waits for any more', async () => {
    const seen: unknown[] = [];
    await bench.broker.publish(QUEUE, chatMessage('late', { deadline: new Date(Date.now() - 1) }));
    await bench.broker.publish(QUEUE, chatMessage('in-time', { deadline: new Date(Date.now() + 60_000) }));
    await bench.consume(async (delivery) => {
      seen.push(jobIdOf(delivery));
      return ACK;
    });
    const [letter] = await bench.deadLetters(1);
    expect(letter?.properties.headers?.['slipstream-dead-reason']).toBe('deadline_passed before a worker took it');
    await vi.waitFor(() => expect(seen).toEqual(['job-in-time']), DEADLINE);
    expect(bench.metrics.consumes).toContain('chat_queue chat.generate dead-letter');
  });
}
