import { createConnection } from 'node:net';

const ANSWER_WITHIN_MS = 2_000;
const AMQP_HEADER = Buffer.from('AMQP\0\0\x09\x01', 'latin1');
const AMQP_METHOD_FRAME = 1;

/**
 * Rejects until a Redis on this loopback port answers PING.
 * @param {number} port
 */
export function redisAnswers(port) {
  return firstAnswer(port, 'PING\r\n', (answer) => answer.toString().startsWith('+PONG'));
}

/**
 * Rejects until a broker on this loopback port opens an AMQP 0-9-1 connection (its first frame is connection.start).
 * @param {number} port
 */
export function amqpAnswers(port) {
  return firstAnswer(port, AMQP_HEADER, (answer) => answer[0] === AMQP_METHOD_FRAME);
}

/** Sends the greeting, and judges by the first bytes that come back. */
function firstAnswer(port, greeting, isRight) {
  return new Promise((resolve, reject) => {
    const socket = createConnection({ port, host: '127.0.0.1', timeout: ANSWER_WITHIN_MS }, () =>
      socket.write(greeting),
    );
    const settle = (error) => {
      socket.destroy();
      if (error) reject(error);
      else resolve();
    };
    socket.once('data', (answer) => settle(isRight(answer) ? undefined : new Error('another protocol answers')));
    socket.once('timeout', () => settle(new Error('no answer')));
    socket.once('close', () => settle(new Error('connection closed')));
    socket.once('error', settle);
  });
}
