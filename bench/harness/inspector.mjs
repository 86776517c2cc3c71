import { setTimeout as delay } from 'node:timers/promises';

const POLL_MS = 50;

/**
 * The inspector of a Node process that was started with `--inspect=PORT`.
 * @typedef {object} Inspector
 * @property {() => Promise<NodeJS.MemoryUsage>} usage garbage included
 * @property {() => Promise<NodeJS.MemoryUsage>} usageAfterGc collects all garbage first
 * @property {() => void} close
 */

/**
 * Connects to the inspector of another process.
 * @param {number} port
 * @returns {Promise<Inspector>}
 */
export async function inspect(port) {
  const socket = new globalThis.WebSocket(await targetUrl(port));
  const { promise: opened, resolve, reject } = Promise.withResolvers();
  socket.addEventListener('open', resolve);
  socket.addEventListener('error', reject);
  await opened;
  const call = caller(socket);
  const usage = async () => {
    const { result } = await call('Runtime.evaluate', { expression: 'JSON.stringify(process.memoryUsage())' });
    return JSON.parse(result.value);
  };
  return {
    usage,
    async usageAfterGc() {
      for (let i = 0; i < 3; i++) await call('HeapProfiler.collectGarbage');
      return usage();
    },
    close: () => socket.close(),
  };
}

/** Calls a method of the protocol, and waits for its result. */
function caller(socket) {
  const waiting = new Map();
  socket.addEventListener('message', ({ data }) => {
    const { id, result } = JSON.parse(data);
    waiting.get(id)?.(result);
    waiting.delete(id);
  });
  let calls = 0;
  return (method, params = {}) =>
    new Promise((resolve) => {
      waiting.set(++calls, resolve);
      socket.send(JSON.stringify({ id: calls, method, params }));
    });
}

async function targetUrl(port) {
  for (;;) {
    try {
      const [{ webSocketDebuggerUrl }] = await (await fetch(`http://127.0.0.1:${port}/json/list`)).json();
      return webSocketDebuggerUrl;
    } catch {
      await delay(POLL_MS);
    }
  }
}
