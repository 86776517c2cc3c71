import { readFile } from 'node:fs/promises';
import { lookup, resolveSrv } from 'node:dns/promises';
import { parseBackendUrl, type Backend } from '@slipstream/balancer';
import type { Config } from '@slipstream/config';
import { messageOf } from '@slipstream/contracts';
import { probeHealth, type BackendTlsOptions, type HealthProbeOptions } from '@slipstream/upstream';
import { probeOptions, registryOptions, tlsOptions } from '../web-pool.options.js';
import { error, note, ok, warning, type Finding } from './finding.js';

const TIMEOUT_MS = 5_000;

/** Sends a health check to each backend of the web pool and to each model server. */
export async function backendFindings(config: Config): Promise<Finding[]> {
  const found = await Promise.all([webFindings(config), modelFindings(config)]);
  return found.flat();
}

async function webFindings(config: Config): Promise<Finding[]> {
  const { configured } = registryOptions(config);
  if (configured.length === 0) return [note('web.backends', 'none is configured')];
  const { caFile, serverName } = tlsOptions(config);
  const options = { ...probeOptions(config), tls: await tlsOf(caFile, serverName) };
  const found = configured.map(async ({ url }) => {
    const urls = await resolved(url).catch(messageOf);
    const remedy = 'correct web.backends, or start the application';
    if (typeof urls === 'string') return [error('web.backends', `${url}: ${urls}`, remedy)];
    const reached = urls.map((backend) =>
      probed('web.backends', backend, options, 'correct web.backends or web.health'),
    );
    return Promise.all(reached);
  });
  return (await Promise.all(found)).flat();
}

async function modelFindings({ llm }: Config): Promise<Finding[]> {
  const check = 'llm.backends';
  if (llm.backends.length === 0)
    return [warning(check, 'a built-in demo model answers', 'list your model servers in llm.backends (LLM_BACKENDS)')];
  const tls = await tlsOf(llm.tls.caFile, llm.tls.serverName);
  return Promise.all(
    llm.backends.map(({ url, apiKey }) => {
      const { origin, pathname } = new URL(url);
      const path = `${pathname.replace(/\/$/, '')}/models`;
      const headers = apiKey === undefined ? undefined : { authorization: `Bearer ${apiKey}` };
      const options = { path, minStatus: 200, maxStatus: 299, headers, tls };
      return probed(check, { url: origin }, options, 'correct llm.backends and apiKey, or start the model server');
    }),
  );
}

async function tlsOf(caFile: string | undefined, serverName: string | undefined): Promise<BackendTlsOptions> {
  return { ca: caFile === undefined ? undefined : await readFile(caFile, 'utf8'), serverName };
}

type Target = Pick<Backend, 'url' | 'serverName'>;

/** The servers behind a configured URL. */
async function resolved(text: string): Promise<Target[]> {
  const { discovery, protocol, hostname, port, url } = parseBackendUrl(text);
  const at = (address: string, addressPort: string): Target => ({
    url: `${protocol}//${address.includes(':') ? `[${address}]` : address}${addressPort}`,
    serverName: hostname,
  });
  if (discovery === 'none') return [{ url }];
  if (discovery === 'services') return (await resolveSrv(hostname)).map((record) => at(record.name, `:${record.port}`));
  const addresses = await lookup(hostname, { all: true });
  return addresses.map(({ address }) => at(address, port === undefined ? '' : `:${port}`));
}

async function probed(check: string, target: Target, options: HealthProbeOptions, remedy: string): Promise<Finding> {
  const backend: Backend = { weight: 1, priority: 0, isDraining: false, ...target };
  const probe = probeHealth({ ...options, timeoutMs: TIMEOUT_MS });
  return probe(backend, AbortSignal.timeout(TIMEOUT_MS)).then(
    () => ok(check, `${target.url}${options.path} answers`),
    (reason: unknown) => error(check, `${target.url}${options.path}: ${messageOf(reason)}`, remedy),
  );
}
