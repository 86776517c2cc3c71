import { expect, it, vi } from 'vitest';
import type { Delivery } from '../../broker.js';
import { chatMessage } from '../messages.js';
import { ACK, DEADLINE, QUEUE, type ContractBench } from './contract-bench.js';

/** Operations on dead letters. */
export function describeDeadLetters(bench: ContractBench): void {
  const idsOf = async () => (await bench.broker.deadLetters(QUEUE).list(10)).map(({ id }) => id);

  /** A queue with dead letters of these ids, in this order, without consumers. */
  async function bury(...ids: string[]): Promise<void> {
    const consumption = await bench.consume(async ({ id }) => ({ do: 'dead-letter', reason: `no ${id}` }));
    for (const id of ids)
      await bench.broker.publish(QUEUE, chatMessage(id, { id, lane: 'background', requestId: 'r' }));
    await vi.waitFor(async () => expect(await idsOf()).toEqual(ids), DEADLINE);
    await consumption.drain();
  }

  it('lists the oldest, as often as one looks, without their contents', async () => {
    await bury('a', 'b', 'c');
    for (let n = 0; n < 25; n += 1) expect(await bench.broker.deadLetters(QUEUE).list(2)).toHaveLength(2);
    const [first] = await bench.broker.deadLetters(QUEUE).list(1);
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
    expect(await bench.broker.deadLetters(QUEUE).replay('b')).toBe(true);
    expect(await bench.broker.deadLetters(QUEUE).replay('b')).toBe(false);
    expect(await idsOf()).toEqual(['a', 'c']);
    const seen: Delivery[] = [];
    await bench.consume(async (delivery) => {
      seen.push(delivery);
      return ACK;
    });
    await vi.waitFor(
      () =>
        expect(seen).toMatchObject([{ id: 'b', lane: 'background', attempt: 1, redelivered: false, requestId: 'r' }]),
      DEADLINE,
    );
  });

  it('puts back without its deadline what came too late', async () => {
    const consumption = await bench.consume(async () => ACK);
    await bench.broker.publish(QUEUE, chatMessage('late', { id: 'late', deadline: new Date(0) }));
    await vi.waitFor(async () => expect(await idsOf()).toEqual(['late']), DEADLINE);
    await consumption.drain();
    expect(await bench.broker.deadLetters(QUEUE).replay('late')).toBe(true);
    const seen: Delivery[] = [];
    await bench.consume(async (delivery) => {
      seen.push(delivery);
      return ACK;
    });
    await vi.waitFor(() => expect(seen).toMatchObject([{ id: 'late', deadline: undefined }]), DEADLINE);
  });

  it('buries again, with the new reason, what fails again', async () => {
    await bury('a');
    expect(await bench.broker.deadLetters(QUEUE).replayAll()).toBe(1);
    await bench.consume(async () => ({ do: 'dead-letter', reason: 'still not' }));
    await vi.waitFor(
      async () =>
        expect(await bench.broker.deadLetters(QUEUE).list(10)).toMatchObject([{ id: 'a', reason: 'still not' }]),
      DEADLINE,
    );
  });

  it('puts all back', async () => {
    await bury('a', 'b', 'c');
    expect(await bench.broker.deadLetters(QUEUE).replayAll()).toBe(3);
    expect(await bench.broker.deadLetters(QUEUE).replayAll()).toBe(0);
    const seen: string[] = [];
    await bench.consume(async ({ id }) => {
      seen.push(id);
      return ACK;
    });
    await vi.waitFor(() => expect(seen.toSorted()).toEqual(['a', 'b', 'c']), DEADLINE);
  });

  it('deletes one, and all', async () => {
    await bury('a', 'b', 'c');
    expect([
      await bench.broker.deadLetters(QUEUE).delete('b'),
      await bench.broker.deadLetters(QUEUE).delete('b'),
    ]).toEqual([true, false]);
    expect(await idsOf()).toEqual(['a', 'c']);
    expect([
      await bench.broker.deadLetters(QUEUE).deleteAll(),
      await bench.broker.deadLetters(QUEUE).deleteAll(),
    ]).toEqual([2, 0]);
    expect(await idsOf()).toEqual([]);
  });
}
