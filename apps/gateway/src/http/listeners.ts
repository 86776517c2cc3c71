import type { IncomingMessage } from 'node:http';
import type { Config } from '@slipstream/config';
import type { Settings } from '@slipstream/runtime';
import type { Telemetry } from '@slipstream/telemetry';
import { internalAddress, listenerLimits, listenerOptions, redirectAddress, servesV1Only } from '../gateway.options.js';
import { httpsRedirect } from './https-redirect.js';
import { Listener } from './listener.js';
import type { ListenerOptions } from './listener-options.js';
import type { TlsPair } from './tls-pair.js';
import { v1Only } from './v1-only.js';

type Name = 'public' | 'internal' | 'redirect';

const LISTENS: Readonly<Record<Name, string>> = {
  public: 'gateway listens',
  internal: 'gateway listens internally',
  redirect: 'gateway redirects to HTTPS',
};

/** The public listener, and the optional ones: plain HTTP for programs of the operator, and a redirect to HTTPS. */
export class Listeners {
  private readonly publicListener: Listener;
  private readonly all: ReadonlyMap<Name, Listener>;
  private publicUrl = '';

  constructor(
    config: Config,
    settings: Settings,
    private readonly options: Omit<ListenerOptions, 'host' | 'port' | 'metrics' | 'tracer'> & {
      telemetry: Pick<Telemetry, 'metrics' | 'tracer'>;
    },
  ) {
    const limits = settings.follow(listenerLimits, (next) => this.each((listener) => listener.setLimits(next)));
    const { telemetry, ...own } = options;
    const { metrics, tracer } = telemetry;
    const shared = { ...own, metrics: metrics.http, tracer, ...listenerOptions(config), ...limits };
    this.publicListener = new Listener(shared);
    const all = new Map<Name, Listener>([['public', this.publicListener]]);
    const internal = internalAddress(config);
    if (internal) {
      const only = servesV1Only(config) ? { handlers: v1Only(options.handlers), upgrade: undefined } : {};
      all.set('internal', new Listener({ ...shared, ...internal, ...only, tls: undefined, acceptsPrivateHosts: true }));
    }
    const redirect = redirectAddress(config);
    if (redirect) {
      const handlers = httpsRedirect(() => Number(new URL(this.publicUrl).port || 443));
      all.set('redirect', new Listener({ ...shared, ...redirect, handlers, tls: undefined, upgrade: undefined }));
    }
    this.all = all;
  }

  /** @returns the URL of the public one @throws StartupError if one of them can't listen */
  async listen(): Promise<string> {
    for (const [name, listener] of this.all) {
      const url = await listener.listen();
      if (name === 'public') this.publicUrl = url;
      this.options.logger.info({ url }, LISTENS[name]);
    }
    return this.publicUrl;
  }

  /** See {@link Listener.useCertificate}. */
  useCertificate(pair: TlsPair): void {
    this.publicListener.useCertificate(pair);
  }

  /** See {@link Listener.label}. */
  label(request: IncomingMessage, template: string): void {
    this.each((listener) => listener.label(request, template));
  }

  showConnections(metrics: Telemetry['metrics']['connections']): void {
    for (const [name, listener] of this.all) metrics.show(name, () => listener.connectionCounts());
  }

  async drain(): Promise<void> {
    await Promise.all([...this.all.values()].map((listener) => listener.drain()));
  }

  close(): void {
    this.each((listener) => listener.close());
  }

  private each(apply: (listener: Listener) => void): void {
    for (const listener of this.all.values()) apply(listener);
  }
}
