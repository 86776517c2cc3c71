import type { Backend } from '@slipstream/balancer';
import { Http1Pool } from '@slipstream/http1';
import { backendTls, type BackendTls, type BackendTlsOptions } from './backend-tls.js';

/** Shorter than the 5 s after which Node and uvicorn close an idle connection, so that none dies under a request. */
const KEEP_ALIVE_MS = 4000;

/** The connections to every backend, made as they are needed and used again while they are fresh. */
export class BackendConnections {
  private readonly pools = new Map<string, Http1Pool>();

  private readonly tlsOf: (backend: Backend) => BackendTls;

  /** @param connectTimeoutMs longest wait for a connection to be made */
  constructor(
    private readonly connectTimeoutMs: number,
    tls?: BackendTlsOptions,
  ) {
    this.tlsOf = backendTls(tls);
  }

  to(backend: Backend): Http1Pool {
    let pool = this.pools.get(backend.url);
    if (!pool) this.pools.set(backend.url, (pool = this.create(backend)));
    return pool;
  }

  /** Lets go of the backends that are not among these, once what they are answering has ended. */
  retain(urls: ReadonlySet<string>): void {
    for (const [url, pool] of this.pools) {
      if (urls.has(url)) continue;
      this.pools.delete(url);
      void pool.close();
    }
  }

  /** Ends all of them, those in use too. */
  async close(): Promise<void> {
    await Promise.all([...this.pools.values()].map((pool) => pool.destroy()));
  }

  private create(backend: Backend): Http1Pool {
    return new Http1Pool(backend.url, {
      connectTimeoutMs: this.connectTimeoutMs,
      idleTimeoutMs: KEEP_ALIVE_MS,
      tls: this.tlsOf(backend),
    });
  }
}
