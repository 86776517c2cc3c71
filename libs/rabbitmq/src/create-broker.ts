import { AmqpBroker } from './amqp/amqp.broker.js';
import type { Broker } from './broker.js';
import type { BrokerOptions } from './broker.options.js';
import { MemoryBroker } from './memory/memory.broker.js';

/**
 * Creates the broker for `url` without waiting: RabbitMQ is connected in the background, and the log reports the wait.
 * @throws StartupError for an unknown kind of URL.
 */
export function createBroker(options: BrokerOptions): Broker {
  return options.url.startsWith('memory:') ? new MemoryBroker(options) : new AmqpBroker(options);
}
