import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { WebSocket } from 'ws';

const FLAGS = [
  '--headless=new',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-dev-shm-usage',
  '--no-first-run',
  '--disable-background-networking',
  '--remote-debugging-port=0',
];

/** An answer, as the browser received it. */
export interface Received {
  readonly url: string;
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
}

/** A tab of a Chromium with a profile of its own. */
export interface Tab {
  /** Resolves when the page is loaded. */
  visit(url: string): Promise<void>;
  evaluate(expression: string): Promise<unknown>;
  /** The first answer of which this is true, past or future. */
  received(isWanted: (answer: Received) => boolean): Promise<Received>;
  close(): Promise<void>;
}

interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly params?: { response?: { url: string; status: number; headers: Record<string, string> } };
  readonly result?: Record<string, unknown>;
}

/** @param path of Chromium */
export async function openTab(path: string): Promise<Tab> {
  const profile = mkdtempSync(join(tmpdir(), 'slipstream-chromium-'));
  const child = spawn(path, [...FLAGS, `--user-data-dir=${profile}`], { stdio: ['ignore', 'ignore', 'pipe'] });
  const exited = once(child, 'exit');
  const socket = new WebSocket(await addressOf(child.stderr));
  await once(socket, 'open');
  const listeners = new Set<(message: Message) => void>();
  const received: Received[] = [];
  socket.on('message', (data: Buffer) => {
    const message = JSON.parse(data.toString()) as Message;
    const { response } = message.params ?? {};
    if (message.method === 'Network.responseReceived' && response) received.push(withLowerCase(response));
    for (const listener of [...listeners]) listener(message);
  });
  const next = (isWanted: (message: Message) => boolean): Promise<Message> =>
    new Promise((resolve) => {
      const listener = (message: Message): void => {
        if (!isWanted(message)) return;
        listeners.delete(listener);
        resolve(message);
      };
      listeners.add(listener);
    });
  let lastId = 0;
  const send = async (method: string, params: object = {}, sessionId?: string): Promise<Record<string, unknown>> => {
    const id = ++lastId;
    const answered = next((message) => message.id === id);
    socket.send(JSON.stringify({ id, method, params, sessionId }));
    return (await answered).result ?? {};
  };
  const { targetId } = await send('Target.createTarget', { url: 'about:blank' });
  const sessionId = (await send('Target.attachToTarget', { targetId, flatten: true })).sessionId as string;
  await send('Page.enable', {}, sessionId);
  await send('Network.enable', {}, sessionId);
  return {
    async visit(url) {
      const loaded = next(({ method }) => method === 'Page.loadEventFired');
      await send('Page.navigate', { url }, sessionId);
      await loaded;
    },
    async evaluate(expression) {
      const { result } = await send('Runtime.evaluate', { expression, awaitPromise: true }, sessionId);
      return (result as { value?: unknown }).value;
    },
    async received(isWanted) {
      for (let found = received.find(isWanted); ; found = received.find(isWanted)) {
        if (found) return found;
        await next(({ method }) => method === 'Network.responseReceived');
      }
    },
    async close() {
      await send('Browser.close');
      await exited;
      rmSync(profile, { recursive: true, force: true });
    },
  };
}

function withLowerCase({ url, status, headers }: Received): Received {
  const named = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]);
  return { url, status, headers: Object.fromEntries(named) as Record<string, string> };
}

async function addressOf(stderr: Readable): Promise<string> {
  for await (const line of createInterface(stderr)) {
    const [address] = /ws:\/\/\S+/.exec(String(line)) ?? [];
    if (address === undefined) continue;
    stderr.resume();
    return address;
  }
  throw new Error('Chromium ended before it listened');
}
