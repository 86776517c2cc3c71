import { readConfigText } from './config-text.js';
import type { Config, LoadOptions } from './load-config.js';

export type HeapSettings = Pick<Config, 'memory' | 'processes' | 'service'>;

/** A file that contains neither name sets neither setting. */
const NAMES = /memory|processes/;

/**
 * Returns the settings that bound V8's heap. It loads schema and parser only if the file or the environment may set one
 * of them, because the process that calls it is replaced, and loads them again.
 * @throws ConfigError as `loadConfig`
 */
export async function heapSettings({
  service,
  env = process.env,
  cwd = process.cwd(),
}: LoadOptions): Promise<HeapSettings> {
  const { text } = await readConfigText(env.SLIPSTREAM_CONFIG || undefined, cwd);
  if (!env.PROCESSES && !NAMES.test(text ?? '')) return { service, memory: {}, processes: 1 };
  const { loadConfig } = await import('./load-config.js');
  return loadConfig({ service, env, cwd });
}
