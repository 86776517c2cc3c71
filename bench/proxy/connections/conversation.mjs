import { once } from 'node:events';

/** As long as a chat's update may be. */
const PADDING = 'x'.repeat(200);
/** After the last message was sent; what has not come back by then is lost. */
const LAST_ECHO_WITHIN_MS = 10_000;

/**
 * A WebSocket whose other end echoes. Messages are numbered, so that what is lost or overtaken is seen.
 * @param {import('ws').WebSocket} socket
 * @returns {Promise<(talk: {messages: number, everyMs: number, delayMs: number}) => Promise<{echoes: number,
 * outOfOrder: number, roundTripsMs: number[]}>>}
 *   once it is open; resolves when everything is back, the socket has closed or time is up
 */
export async function openConversation(socket) {
  await once(socket, 'open');
  return ({ messages, everyMs, delayMs }) =>
    new Promise((resolve) => {
      const heard = { echoes: 0, outOfOrder: 0, roundTripsMs: [] };
      const sentAt = [];
      const end = () => {
        clearInterval(timer);
        clearTimeout(lastCall);
        resolve(heard);
      };
      const say = () => {
        sentAt.push(performance.now());
        socket.send(`${sentAt.length - 1} ${PADDING}`);
        if (sentAt.length === messages) clearInterval(timer);
      };
      socket.on('message', (data) => {
        const number = parseInt(data.toString(), 10);
        if (number !== heard.echoes++) heard.outOfOrder += 1;
        heard.roundTripsMs.push(performance.now() - sentAt[number]);
        if (heard.echoes === messages) end();
      });
      socket.once('close', end);
      let timer = setTimeout(() => {
        timer = setInterval(say, everyMs);
        say();
      }, delayMs);
      const lastCall = setTimeout(end, delayMs + messages * everyMs + LAST_ECHO_WITHIN_MS);
    });
}
