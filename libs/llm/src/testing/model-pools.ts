import { once } from 'node:events';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { vi, type Mock } from 'vitest';
import type { ChatEnd } from '../chat-end.js';
import { ModelPool } from '../model-pool.js';
import type { ModelPoolOptions } from '../model-pool.options.js';
import { ScriptedModelServer, type Script } from './scripted-model-server.js';

export const logger: Record<'debug' | 'info' | 'warn', Mock<(facts: object, message: string) => void>> = {
  debug: vi.fn(),
  info: vi.fn(),
  warn: vi.fn(),
};
const closers: (() => Promise<void>)[] = [];

/** Ends every server and pool of a test, pools first. */
export async function closeAll(): Promise<void> {
  for (const close of closers.splice(0)) await close();
}

export async function newServer(script?: Script, models?: string[]): Promise<ScriptedModelServer> {
  const server = await new ScriptedModelServer(models).start();
  if (script) server.script = script;
  closers.push(() => server.close());
  return server;
}

export function newPool(servers: { url: string }[], options: Partial<ModelPoolOptions> = {}): ModelPool {
  const pool = new ModelPool({ backends: servers.map(({ url }) => ({ url })), logger, ...options });
  closers.unshift(() => pool.close());
  return pool;
}

/** A base URL that refuses connections. */
export async function refusingUrl(): Promise<string> {
  const { server, url } = await listen();
  server.close();
  await once(server, 'close');
  return url;
}

/** A base URL that accepts connections and never answers. */
export async function hangingUrl(onConnection: () => void = () => {}): Promise<string> {
  const { server, url } = await listen(onConnection);
  closers.push(async () => void server.close());
  return url;
}

async function listen(onConnection?: () => void): Promise<{ server: Server; url: string }> {
  const server = createServer(onConnection).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1` };
}

/** The answer of a model to a hello, and its end. */
export async function askToEnd(pool: ModelPool): Promise<{ said: string[]; end: ChatEnd }> {
  const said: string[] = [];
  const deltas = pool.streamChat({
    model: 'm',
    messages: [{ role: 'user', content: 'hi' }],
    signal: new AbortController().signal,
  });
  for (;;) {
    const next = await deltas.next();
    if (next.done) return { said, end: next.value };
    said.push(next.value);
  }
}

/** The answer of a model to a hello. */
export async function load(pool: ModelPool, options: { model?: string; signal?: AbortSignal } = {}): Promise<string[]> {
  const said: string[] = [];
  for await (const delta of pool.streamChat({
    model: 'm',
    messages: [{ role: 'user', content: 'hi' }],
    signal: new AbortController().signal,
    ...options,
  }))
    said.push(delta);
  return said;
}
