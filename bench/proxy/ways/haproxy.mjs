import { freePort } from '../../../tools/services/ports.mjs';
import { programPath, programVersion, startProgram } from '../../harness/program.mjs';

const path = () => programPath('haproxy', 'haproxy');

/** @returns {Promise<string>} such as `HAProxy 2.6.12` */
export const haproxyVersion = async () => `HAProxy ${await programVersion(path(), '-v')}`;

/**
 * HAProxy with one thread: connections to the pods kept and shared, nothing logged.
 * @param {{podUrls: string[], cores: string}} options
 * @returns {Promise<import('./way.mjs').Way>}
 */
export async function startHaproxy({ podUrls, cores }) {
  const port = await freePort();
  const config = () => configOf(port, podUrls);
  const { pid, stop } = await startProgram({
    path: path(),
    args: (configFile) => ['-db', '-f', configFile],
    config,
    cores,
    port,
  });
  return { name: 'HAProxy', url: `http://127.0.0.1:${port}`, pid, stop };
}

const configOf = (port, podUrls) => `
global
  nbthread 1
  maxconn 4096
defaults
  mode http
  timeout connect 2s
  timeout client 300s
  timeout server 300s
  http-reuse always
frontend public
  bind 127.0.0.1:${port}
  default_backend pods
backend pods
  balance roundrobin
${podUrls.map((url, index) => `  server pod${index} ${new URL(url).host}`).join('\n')}
`;
