import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startService } from '../../harness/service.mjs';

/**
 * Our gateway before some pods, with everything on that is on by default.
 * @param {{stores: {REDIS_URL: string, RABBITMQ_URL: string, MONGODB_URI: string}, pods: {url: string, weight?:
 * number}[], cores: string, cpuProfileDir?: string, root?: string, nodeOptions?: string[], settings?: object,
 * memory?: import('../../harness/memory-limit.mjs').MemoryLimit}} options
 * `root` is a built checkout; default: this one
 * @returns {Promise<import('../../harness/service.mjs').Service>}
 */
export async function startGateway({
  stores,
  pods,
  cores,
  cpuProfileDir,
  root,
  nodeOptions: more = [],
  settings = {},
  memory,
}) {
  const folder = mkdtempSync(join(tmpdir(), 'slipstream-bench-'));
  const file = join(folder, 'slipstream.yaml');
  // JSON is YAML
  const web = { ...settings.web, backends: pods };
  const listen = { ...settings.listen, ...(root ? {} : ALL_FROM_ONE_ADDRESS) };
  writeFileSync(file, JSON.stringify({ ...settings, web, listen }));
  const nodeOptions = [...(cpuProfileDir ? ['--cpu-prof', `--cpu-prof-dir=${cpuProfileDir}`] : []), ...more];
  const service = await startService(
    'gateway',
    { ...withOwnDatabase(stores), SLIPSTREAM_CONFIG: file },
    { nodeOptions, cores, root, memory },
  );
  rmSync(folder, { recursive: true });
  return service;
}

/** The load comes from one address. A former build may not know the settings. */
const ALL_FROM_ONE_ADDRESS = { maxConnections: 0, maxConnectionsPerAddress: 0 };

/** @returns {Record<string, string>} */
function withOwnDatabase({ MONGODB_URI, ...shared }) {
  const uri = new URL(MONGODB_URI);
  uri.pathname = `/bench_proxy_${randomUUID().slice(0, 8)}`;
  return { ...shared, MONGODB_URI: uri.href };
}
