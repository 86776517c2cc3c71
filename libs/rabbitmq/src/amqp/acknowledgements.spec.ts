import { setImmediate as turn } from 'node:timers/promises';
import type { ConsumeMessage } from 'amqplib';
import { describe, expect, it, vi } from 'vitest';
import { Acknowledgements } from './acknowledgements.js';

const delivery = (deliveryTag: number) => ({ fields: { deliveryTag } }) as ConsumeMessage;
const tagOf = ({ fields }: { fields: { deliveryTag: number } }) => fields.deliveryTag;

/** A channel on which so many were delivered, and what it was told. */
function channelWith(count: number) {
  const told: string[] = [];
  const onLost = vi.fn();
  const channel = {
    ack: vi.fn(
      (message: ConsumeMessage, allUpTo = false) =>
        void told.push(`ack ${tagOf(message)}${allUpTo ? ' and before' : ''}`),
    ),
    nack: vi.fn((message: ConsumeMessage) => void told.push(`nack ${tagOf(message)}`)),
  };
  const sut = new Acknowledgements(channel as never, onLost);
  const messages = Array.from({ length: count }, (_, index) => delivery(index + 1));
  for (const message of messages) sut.delivered(message);
  const ack = (...tags: number[]) => tags.forEach((tag) => sut.ack(messages[tag - 1] as ConsumeMessage));
  const requeue = (tag: number) => sut.requeue(messages[tag - 1] as ConsumeMessage);
  return { sut, told, channel, onLost, ack, requeue };
}

describe('Acknowledgements', () => {
  it.each([
    { ended: [1], told: ['ack 1 and before'] },
    { ended: [1, 2, 3], told: ['ack 3 and before'] },
    { ended: [3, 1, 2], told: ['ack 3 and before'] },
    { ended: [2], told: ['ack 2'] },
    { ended: [1, 3, 4], told: ['ack 1 and before', 'ack 3', 'ack 4'] },
  ])('answers $ended of five in one turn, and never for one that is unfinished', async ({ ended, told: expected }) => {
    const { ack, told } = channelWith(5);
    ack(...ended);
    expect(told).toEqual([]);
    await turn();
    expect(told).toEqual(expected);
  });

  it('goes on where it stopped, over turns', async () => {
    const { ack, told } = channelWith(4);
    ack(2, 3);
    await turn();
    ack(1);
    await turn();
    ack(4);
    await turn();
    expect(told).toEqual(['ack 2', 'ack 3', 'ack 1 and before', 'ack 4 and before']);
  });

  it('puts back at once, and waits for it no more', async () => {
    const { ack, requeue, told } = channelWith(3);
    ack(2, 3);
    requeue(1);
    await turn();
    expect(told).toEqual(['nack 1', 'ack 3 and before']);
  });

  it('answers at once when it is told to, and not twice', async () => {
    const { sut, ack, told } = channelWith(2);
    ack(1, 2);
    sut.flush();
    await turn();
    expect(told).toEqual(['ack 2 and before']);
  });

  it('says that the channel is gone', async () => {
    const { ack, requeue, channel, onLost } = channelWith(3);
    const gone = new Error('Channel closed');
    channel.ack.mockImplementation(() => {
      throw gone;
    });
    channel.nack.mockImplementation(() => {
      throw gone;
    });
    ack(1, 3);
    requeue(2);
    await turn();
    expect(onLost.mock.calls).toEqual([[gone], [gone]]);
  });
});
