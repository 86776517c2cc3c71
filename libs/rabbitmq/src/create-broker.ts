import { AmqpBroker } from './amqp/amqp.broker.js';
import type { Broker } from './broker.js';
import type { BrokerOptions } from './broker.options.js';
import { MemoryBroker } from './memory/memory.broker.js';

/**
 * The broker that `url` names. Doesn't wait: RabbitMQ is connected to in the background, and the log says for what.
 * @throws StartupError when the URL is none that we know.
 */
export function createBroker(options: BrokerOptions): Broker {
  return options.url.startsWith('memory:') ? new MemoryBroker(options) : new AmqpBroker(options);
}
