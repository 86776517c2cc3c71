import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { LoadBalancer } from '@slipstream/balancer';
import { loadConfig, type Config } from '@slipstream/config';
import { sendProblem } from '@slipstream/http';
import { createWebProxy } from '@slipstream/proxy';
import { silentBus } from '@slipstream/redis';
import type { Settings } from '@slipstream/runtime';
import { createTelemetry } from '@slipstream/telemetry';
import { createEdge } from '../../cdn/edge.js';
import type { ListenerOptions } from '../../http/listener-options.js';
import { LocalListeners } from '../../http/testing/local-listeners.js';
import { createResponseCaching } from '../response-caching.js';

const LIMITS = { connectTimeoutMs: 5_000, headersTimeoutMs: 30_000, idleTimeoutMs: 30_000 };

/** Web pools with the cache rules of Open WebUI, each before one backend. */
export class PresetGateways {
  private readonly listeners = new LocalListeners();
  private readonly closers: (() => unknown)[] = [];

  /**
   * @param assets settings of the asset path
   * @param cdn settings of the network in front
   * @param listener options of the public listener
   * @returns the gateway's URL, its registry, and the lines that it logs
   */
  async start(answer: RequestListener, assets: object = {}, cdn: object = {}, listener: Partial<ListenerOptions> = {}) {
    const backend = await this.backend(answer);
    const env = { WEB_BACKENDS: backend, WEB_PRESET: 'open-webui' };
    const loaded = await loadConfig({ service: 'gateway', env, cwd: import.meta.dirname });
    const { web } = loaded;
    const config: Config = {
      ...loaded,
      web: { ...web, assets: { ...web.assets, ...assets }, cdn: { ...web.cdn, ...cdn } },
    };
    const lines: Record<string, unknown>[] = [];
    const { registry, logger } = createTelemetry({
      processName: 'gateway',
      level: 'warn',
      destination: { write: (line) => void lines.push(JSON.parse(line) as Record<string, unknown>) },
    });
    const settings: Settings = { current: config, follow: (map) => map(config) };
    const stores = { bus: silentBus, purges: undefined };
    const edge = createEdge(config, registry, logger);
    this.closers.push(() => edge?.close());
    const caching = createResponseCaching(config, { ...stores, settings, edge }, { registry, logger });
    const balancer = new LoadBalancer({
      name: 'web',
      backends: [{ url: backend }],
      healthCheck: { probe: async () => {} },
      logger,
    });
    const proxy = createWebProxy({ balancer, ...LIMITS, caching, refuse: sendProblem, logger });
    proxy.setBackends([backend]);
    this.closers.push(() => proxy.close());
    const { url } = await this.listeners.start(proxy.request, listener);
    return { url, registry, lines };
  }

  async close(): Promise<void> {
    this.listeners.close();
    for (const close of this.closers.splice(0)) await close();
  }

  private async backend(answer: RequestListener): Promise<string> {
    const server = createServer(answer).listen(0, '127.0.0.1');
    await once(server, 'listening');
    this.closers.push(() => server.close());
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }
}
