import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { WebSocket } from 'ws';

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
 * @param {{profile: string, home: string, flags?: string[]}} options `home` has the trust store with the test authority
 * @returns {Promise<Browser>}
 */
export async function startBrowser({ profile, home, flags = [] }) {
  const child = spawn('chromium', [...FLAGS, ...flags, `--user-data-dir=${profile}`, 'about:blank'], {
    env: { PATH: process.env.PATH, HOME: home },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const exited = once(child, 'exit');
  const socket = new WebSocket(await addressOf(child.stderr));
  await once(socket, 'open');
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
  const send = (method, params = {}, sessionId = undefined) => {
    const { promise, resolve, reject } = Promise.withResolvers();
    calls.set(++id, { resolve, reject });
    socket.send(JSON.stringify({ id, method, params, sessionId }));
    return promise;
  };
  return {
    send,
    onEvent: (listener) => void listeners.add(listener),
    async close() {
      void send('Browser.close').catch(() => {});
      await exited;
    },
  };
}

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
