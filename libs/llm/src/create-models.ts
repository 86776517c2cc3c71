import { readFile } from 'node:fs/promises';
import { ModelPool } from './model-pool.js';
import type { ModelPoolOptions, ModelServers } from './model-pool.options.js';

/** Options of {@link createModels}. */
export type ModelsOptions = Omit<ModelPoolOptions, 'tls'> & {
  /** `caFile`: PEM file of certificate authorities, which replaces Node's. */
  tls?: { caFile?: string; serverName?: string };
  /** Starts the model server that answers without configured backends. */
  startDemo?: () => Promise<DemoModelServer>;
};

/** A model server in this process, which ends with the pool. */
interface DemoModelServer {
  /** OpenAI base URL; ends in `/v1`. */
  url: string;
  close(): Promise<void>;
}

/**
 * Creates the pool of the configured model servers. Without any, the pool uses a demo model server, which ends with the
 * pool; the log and every answer say so.
 */
export async function createModels({ tls, startDemo, ...settings }: ModelsOptions): Promise<ModelPool> {
  const caFile = tls?.caFile;
  const options = {
    ...settings,
    tls: { ca: caFile === undefined ? undefined : await readFile(caFile, 'utf8'), serverName: tls?.serverName },
  };
  const pool =
    options.backends.length > 0 || !startDemo ? new ModelPool(options) : await createDemo(options, startDemo);
  pool.start();
  return pool;
}

async function createDemo(options: ModelPoolOptions, startDemo: () => Promise<DemoModelServer>): Promise<ModelPool> {
  const demo = await startDemo();
  options.logger.warn(
    { backend: demo.url },
    'no model servers are configured: a demo model answers; set LLM_BACKENDS to use real ones',
  );
  return new DemoModelPool(options, demo);
}

class DemoModelPool extends ModelPool {
  constructor(
    options: ModelPoolOptions,
    private readonly demo: DemoModelServer,
  ) {
    super({ ...options, backends: [{ url: demo.url }] });
  }

  override use(servers: ModelServers): void {
    super.use(servers.backends.length > 0 ? servers : { ...servers, backends: [{ url: this.demo.url }] });
  }

  override async close(): Promise<void> {
    await super.close();
    await this.demo.close();
  }
}
