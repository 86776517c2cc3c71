import { readFile } from 'node:fs/promises';
import { startDemoModelServer, type DemoModelServer } from './demo/demo-model-server.js';
import { ModelPool, type ModelPoolOptions } from './model-pool.js';

/** Options of {@link createModels}. */
export type ModelsOptions = Omit<ModelPoolOptions, 'tls'> & {
  /** `caFile`: PEM file of the authorities that are trusted in place of Node's. */
  tls?: { caFile?: string; serverName?: string };
};

/**
 * Starts the pool of the configured model servers; with none configured, of a demo model server, which ends with the
 * pool. Nothing hides that: the log says so, and its models say so in every answer.
 */
export async function createModels({ tls, ...settings }: ModelsOptions): Promise<ModelPool> {
  const caFile = tls?.caFile;
  const options = {
    ...settings,
    tls: { ca: caFile === undefined ? undefined : await readFile(caFile, 'utf8'), serverName: tls?.serverName },
  };
  const pool = options.backends.length > 0 ? new ModelPool(options) : await createDemo(options);
  pool.start();
  return pool;
}

async function createDemo(options: ModelPoolOptions): Promise<ModelPool> {
  const demo = await startDemoModelServer();
  options.logger.warn(
    { backend: demo.url },
    'no model servers are configured: answers come from a demo model; set LLM_BACKENDS for real ones',
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

  override async close(): Promise<void> {
    await super.close();
    await this.demo.close();
  }
}
