import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

const FLAGS = [
  '--headless=new',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-dev-shm-usage',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--remote-debugging-port=0',
];

/**
 * A Chromium with a profile of its own, driven by the DevTools protocol.
 * @typedef {object} Browser
 * @property {(method: string, params?: object, sessionId?: string) => Promise<any>} send
 * @property {(listener: (event: {method: string, params: any, sessionId?: string}) => void) => void} onEvent
 * @property {() => Promise<void>} close
 */

/**
 * @param {{profile: string, path?: string, home?: string, flags?: string[]}} options `path`: of Chromium; `home`: has
 *   the trust store, default the caller's
 * @returns {Promise<Browser>}
 */
export async function startBrowser({ profile, path = 'chromium', home = process.env.HOME, flags = [] }) {
  const child = spawn(path, [...FLAGS, ...flags, `--user-data-dir=${profile}`, 'about:blank'], {
    env: { PATH: process.env.PATH, HOME: home },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const exited = once(child, 'exit');
  const socket = new WebSocket(await addressOf(child.stderr));
  await once(socket, 'open');
  const { send, onEvent } = devTools(socket);
  return {
    send,
    onEvent,
    async close() {
      void send('Browser.close').catch(() => {});
      await exited;
    },
  };
}

/**
 * Calls and events of the DevTools protocol over an open connection.
 * @param {WebSocket} socket
 * @returns {Pick<Browser, 'send' | 'onEvent'>}
 */
function devTools(socket) {
  const calls = new Map();
  const listeners = new Set();
  socket.addEventListener('message', ({ data }) => {
    const message = JSON.parse(data);
    if (message.id === undefined) return listeners.forEach((listener) => listener(message));
    const { resolve, reject } = calls.get(message.id);
    calls.delete(message.id);
    if (message.error) reject(new Error(message.error.message));
    else resolve(message.result);
  });
  let id = 0;
  return {
    send(method, params = {}, sessionId = undefined) {
      const { promise, resolve, reject } = Promise.withResolvers();
      calls.set(++id, { resolve, reject });
      socket.send(JSON.stringify({ id, method, params, sessionId }));
      return promise;
    },
    onEvent: (listener) => void listeners.add(listener),
  };
}

/** @param {import('node:stream').Readable} stderr @returns {Promise<string>} */
async function addressOf(stderr) {
  for await (const line of createInterface(stderr)) {
    const [address] = /ws:\/\/\S+/.exec(line) ?? [];
    if (address) {
      stderr.resume();
      return address;
    }
  }
  throw new Error('Chromium ended before it listened');
}
