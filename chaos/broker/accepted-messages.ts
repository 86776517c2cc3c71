import { randomUUID } from 'node:crypto';
import { DependencyUnavailableError } from '@slipstream/contracts';
import type { Broker } from '@slipstream/rabbitmq';

/** What a broker under test logs and counts goes nowhere. */
export const silent = {
  logger: { debug() {}, info() {}, warn() {}, error() {} },
  metrics: { published() {}, taken() {}, consumed() {} },
};

/** Senders at a time, less than a broker's buffer. */
const SENDERS = 100;

/**
 * Publishes `count` messages as the house does: what is refused is sent again under its own id, until the broker has
 * confirmed it. Rejects when the broker is closed meanwhile.
 * @param onAccepted told how many are confirmed
 * @returns the ids of all
 */
export async function publishAll(
  broker: Broker,
  count: number,
  onAccepted: (accepted: number) => void = () => {},
): Promise<string[]> {
  const ids = Array.from({ length: count }, () => randomUUID());
  const waiting = ids.values();
  let accepted = 0;
  const send = async () => {
    for (const id of waiting) {
      await publishUntilAccepted(broker, id);
      onAccepted((accepted += 1));
    }
  };
  await Promise.all(Array.from({ length: SENDERS }, send));
  return ids;
}

async function publishUntilAccepted(broker: Broker, id: string): Promise<void> {
  for (;;) {
    try {
      return await broker.publish('chat_queue', { id, type: 'chat.generate', payload: { jobId: id, chatId: 'c' } });
    } catch (error) {
      if (!(error instanceof DependencyUnavailableError) || error.context?.reason === 'closed') throw error;
    }
  }
}
