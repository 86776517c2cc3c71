import { inject } from 'vitest';
import { describeBroker } from '../testing/broker-contract.js';
import { openSandbox } from '../testing/rabbitmq-server.js';
import { AmqpBroker } from './amqp.broker.js';

describeBroker('AmqpBroker', async () => {
  const url = inject('rabbitmqUrl');
  const sandbox = await openSandbox(url);
  await sandbox.declare();
  return {
    connect: (options) => new AmqpBroker({ url, queuePrefix: sandbox.queuePrefix, ...options }),
    putRaw: sandbox.putRaw,
    deadLetters: sandbox.deadLetters,
    close: sandbox.close,
  };
});
