import type { Socket } from 'node:net';
import type { Backend } from '@slipstream/balancer';
import type { RawHeaders } from '@slipstream/http';
import { Http1Pool } from '@slipstream/http1';
import { backendTls, type BackendTls, type BackendTlsOptions } from './backend-tls.js';
import { hostFor, withHost, type UpstreamHost } from './upstream-host.js';

/**
 * Shorter than the 5 s after which Node and uvicorn close an idle connection, so that a request never meets the close.
 */
const KEEP_ALIVE_MS = 4000;

/** Options for connections to backends. */
export interface TargetOptions {
  /** Longest wait for a connection to be made. */
  connectTimeoutMs: number;
  /** Host for backends. Default `preserve`. */
  host?: UpstreamHost;
  /** Trust in https backends. Default: Node's. */
  tls?: BackendTlsOptions;
  /** Fields added to every request to a backend, after its own. Default: none. */
  fieldsFor?: (backend: Addressed) => RawHeaders;
  /** Called with the socket of each new connection to a backend. */
  onSocket?: (socket: Socket, backend: Addressed) => void;
}

/** The parts of a backend from which its target is made. */
export type Addressed = Pick<Backend, 'url' | 'serverName'>;

/** One backend: its connections, and the differences in requests to it. */
export class Target {
  readonly connections: Http1Pool;
  /** Path of the backend's URL, without a trailing slash. */
  private readonly basePath: string;
  private readonly host?: string;
  private readonly fields: RawHeaders;

  constructor(backend: Addressed, options: TargetOptions, tls: BackendTls) {
    const { connectTimeoutMs, host = 'preserve', fieldsFor, onSocket } = options;
    const { origin, pathname } = new URL(backend.url);
    this.connections = new Http1Pool(origin, {
      connectTimeoutMs,
      idleTimeoutMs: KEEP_ALIVE_MS,
      tls,
      onSocket: onSocket && ((socket) => onSocket(socket, backend)),
    });
    this.basePath = withoutSlash(pathname);
    this.host = hostFor(backend, host);
    this.fields = fieldsFor?.(backend) ?? [];
  }

  /** @param url path and query below the backend's URL */
  pathOf(url: string): string {
    return this.basePath === '' ? url : this.basePath + url;
  }

  headersOf(headers: RawHeaders): RawHeaders {
    const named = this.host === undefined ? headers : withHost(headers, this.host);
    return this.fields.length === 0 ? named : [...named, ...this.fields];
  }
}

/** The targets of all backends, created on first use. */
export class Targets {
  private readonly targets = new Map<string, Target>();
  private readonly tlsOf: (backend: Addressed) => BackendTls;

  constructor(private readonly options: TargetOptions) {
    this.tlsOf = backendTls(options.tls);
  }

  to(backend: Addressed): Target {
    let target = this.targets.get(backend.url);
    if (!target) this.targets.set(backend.url, (target = new Target(backend, this.options, this.tlsOf(backend))));
    return target;
  }

  /** Releases all other backends after their current answers have ended. */
  retain(urls: ReadonlySet<string>): void {
    for (const [url, { connections }] of this.targets) {
      if (urls.has(url)) continue;
      this.targets.delete(url);
      void connections.close();
    }
  }

  /** Closes all targets, including those in use. */
  async close(): Promise<void> {
    await Promise.all([...this.targets.values()].map(({ connections }) => connections.destroy()));
  }
}

const withoutSlash = (path: string): string => path.replace(/(?<!\/)\/+$/, '');
