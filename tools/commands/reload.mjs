import { Failure } from '../failure.mjs';
import { serviceOf } from './service-of.mjs';

/**
 * Has a running service read its configuration again.
 * @param {{options: {service?: string, url?: string}}} command
 * @returns {Promise<number>} exit code
 */
export async function run({ options }) {
  const url = options.url ?? (await managementUrl(serviceOf('reload', options)));
  const key = process.env.SLIPSTREAM_KEY;
  const headers = key ? { authorization: `Bearer ${key}` } : {};
  const answer = await fetch(new URL('/admin/reload', url), { method: 'POST', headers }).catch((error) => {
    throw new Failure(`Nothing answers at ${url} (${error.cause?.code ?? error.message}). Start it, or give --url.`);
  });
  const body = await answer.json().catch(() => ({}));
  if (answer.ok) return reportLoaded(body);
  console.error(body.detail ?? `The service answers ${answer.status}.`);
  for (const { message } of body.errors ?? []) console.error(message);
  if (answer.status === 401) console.error('SLIPSTREAM_KEY must be a key of role admin.');
  return 1;
}

/** Where the management listener is, as far as the configuration can be read. */
async function managementUrl(service) {
  const { ConfigError, loadConfig } = await import('@slipstream/config');
  const { management } = await loadConfig({ service }).catch((error) => {
    if (!(error instanceof ConfigError)) throw error;
    const lines = ['The configuration has mistakes, so the service was not asked to read it:', ...error.mistakes];
    throw new Failure(lines.join('\n'));
  });
  const host = management.host === '0.0.0.0' ? '127.0.0.1' : management.host === '::' ? '[::1]' : management.host;
  return `http://${host}:${management.port}`;
}

function reportLoaded({ changed, needsRestart, silent }) {
  console.log(changed.length > 0 ? `Changed: ${changed.join(', ')}` : 'Nothing changed.');
  if (needsRestart.length > 0) console.log(`Changed only after a restart: ${needsRestart.join(', ')}`);
  if (silent > 0) console.log(`Processes that did not answer in time: ${silent}. They reload as soon as they can.`);
  return 0;
}
