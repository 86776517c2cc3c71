import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { freePort } from './free-port.js';

/** Harm that is done to the bytes in one direction; `downstream` is towards the client. */
export interface Toxic {
  type: 'latency' | 'bandwidth' | 'slow_close' | 'timeout' | 'reset_peer' | 'slicer' | 'limit_data';
  stream: 'downstream' | 'upstream';
  /** Milliseconds, KB per second or bytes; see the type in toxiproxy's README. */
  attributes: Readonly<Record<string, number>>;
}

/** The way to one server. */
export interface Link {
  /** host:port where clients find the server. */
  address: string;
  /** Harms what comes; connections that are open, too. */
  poison(toxic: Toxic): Promise<void>;
  /** Refuses connections and breaks those that are open. */
  cut(): Promise<void>;
  /** Takes all harm away. */
  heal(): Promise<void>;
}

export interface Toxiproxy {
  /** @param upstream host:port of the server */
  link(name: string, upstream: string): Promise<Link>;
  stop(): Promise<void>;
}

/** @param program path of toxiproxy's server */
export async function startToxiproxy(program: string): Promise<Toxiproxy> {
  const port = await freePort();
  const child = spawn(program, ['-host', '127.0.0.1', '-port', String(port)], { stdio: ['ignore', 'pipe', 'pipe'] });
  const exited = once(child, 'exit');
  const api: Api = (path, method = 'GET', body) => call(`http://127.0.0.1:${port}${path}`, method, body);
  child.stderr.resume();
  await Promise.race([
    once(child.stdout, 'data'),
    exited.then(([code]) => Promise.reject(new Error(`toxiproxy ended with ${String(code)}`))),
  ]);
  child.stdout.resume();
  await answers(() => api('/version'));
  return {
    link: (name, upstream) => openLink(api, name, upstream),
    async stop() {
      child.kill();
      await exited;
    },
  };
}

type Api = (path: string, method?: string, body?: object) => Promise<Response>;

async function openLink(api: Api, name: string, upstream: string): Promise<Link> {
  const created = await api('/proxies', 'POST', { name, listen: '127.0.0.1:0', upstream, enabled: true });
  const { listen } = (await created.json()) as { listen: string };
  const toxics = new Set<string>();
  return {
    address: listen,
    async poison(toxic) {
      const added = (await (await api(`/proxies/${name}/toxics`, 'POST', toxic)).json()) as { name: string };
      toxics.add(added.name);
    },
    cut: async () => void (await api(`/proxies/${name}`, 'POST', { enabled: false })),
    async heal() {
      for (const toxic of toxics) await api(`/proxies/${name}/toxics/${toxic}`, 'DELETE');
      toxics.clear();
      await api(`/proxies/${name}`, 'POST', { enabled: true });
    },
  };
}

async function call(url: string, method: string, body?: object): Promise<Response> {
  const response = await fetch(url, { method, ...(body && { body: JSON.stringify(body) }) });
  if (!response.ok) throw new Error(`toxiproxy refused ${method} ${url}: ${await response.text()}`);
  return response;
}

/** It says that it starts before it listens. */
async function answers(ask: () => Promise<unknown>): Promise<void> {
  for (const until = Date.now() + 10_000; ;) {
    try {
      return void (await ask());
    } catch (error) {
      if (Date.now() > until) throw error;
    }
  }
}
