import { setTimeout as delay } from 'node:timers/promises';
import { connect, type ChannelModel } from 'amqplib';
import { losingPolicies, type LosingPolicy } from './losing-policies.js';

/** Facts about a RabbitMQ server. */
export interface RabbitmqFacts {
  version: string;
  /** Reason for which it blocks publishers (memory or disk alarm). */
  blockedReason?: string;
  /** Policies that apply to queues of Slipstream. Undefined: not read. */
  policies?: LosingPolicy[];
}

const TIMEOUT_MS = 5_000;
/** A broker that blocks this connection does not read its close either. */
const CLOSE_MS = 500;

/**
 * Connects once, publishes one message to a queue of its own, and disconnects.
 * @param managementUrl of the management plugin, with credentials; without it no policies are read
 */
export async function inspectRabbitmq(url: string, managementUrl?: string): Promise<RabbitmqFacts> {
  const connection = await connect(url, { timeout: TIMEOUT_MS });
  connection.on('error', () => undefined);
  try {
    const { version } = connection.connection.serverProperties;
    const blockedReason = await reasonOfBlock(connection);
    const policies = managementUrl === undefined ? undefined : await losingPolicies(managementUrl, url);
    return { version, blockedReason, policies };
  } finally {
    await Promise.race([connection.close().catch(() => undefined), delay(CLOSE_MS, undefined, { ref: false })]);
  }
}

/** RabbitMQ reports an alarm only to connections that publish. */
async function reasonOfBlock(connection: ChannelModel): Promise<string | undefined> {
  const blocked = new Promise<string>((resolve) => connection.once('blocked', resolve));
  const channel = await connection.createConfirmChannel();
  channel.on('error', () => undefined);
  const { queue } = await channel.assertQueue('', { exclusive: true, autoDelete: true });
  channel.sendToQueue(queue, Buffer.from('doctor'));
  return Promise.race([
    blocked,
    channel.waitForConfirms().then(
      () => undefined,
      () => blocked,
    ),
  ]);
}
