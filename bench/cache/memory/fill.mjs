import { once } from 'node:events';
import { connect } from 'node:net';

/**
 * Requests distinct URLs over kept connections, one at a time on each, and reads the answers.
 * @param {{url: string, prefix: string, from: number, count: number, connections?: number}} options `prefix` begins
 * each path, which ends in the number of the request
 * @throws {Error} for an answer other than 200
 */
export async function fill({ url, prefix, from, count, connections = 32 }) {
  const { hostname, port, host } = new URL(url);
  let next = from;
  const one = async () => {
    const socket = connect(Number(port), hostname);
    await once(socket, 'connect');
    await new Promise((resolve, reject) => {
      const ask = () => {
        if (next >= from + count) return void socket.end(resolve);
        socket.write(`GET ${prefix}${next++} HTTP/1.1\r\nhost: ${host}\r\nuser-agent: bench\r\naccept: */*\r\n\r\n`);
      };
      socket.on('error', reject);
      socket.on('close', () => reject(new Error('the connection was closed before the answer')));
      socket.on('data', answerReader(ask, reject));
      ask();
    });
    socket.destroy();
  };
  await Promise.all(Array.from({ length: connections }, one));
}

/** @returns takes pieces of answers, and calls `onAnswer` after each whole one */
function answerReader(onAnswer, onFault) {
  let missing = 0;
  let text = '';
  return (chunk) => {
    if (missing > 0) missing -= chunk.length;
    else {
      text += chunk.latin1Slice();
      const end = text.indexOf('\r\n\r\n');
      if (end < 0) return;
      if (!text.startsWith('HTTP/1.1 200')) return onFault(new Error(`answered ${text.slice(0, 200)}`));
      const length = Number(/^content-length: *(\d+)/im.exec(text)?.[1] ?? 0);
      missing = end + 4 + length - text.length;
      text = '';
    }
    if (missing === 0) onAnswer();
  };
}
