import { CORES } from '../harness/cores.mjs';
import { startGateway } from '../proxy/ways/gateway.mjs';
import { startNginxPage } from '../proxy/ways/nginx.mjs';

/**
 * The ways to a web application.
 * @param {{origin: string, assets: string, stores: object, authority: {certFile: string, keyFile: string},
 * settings?: object}} options `settings` of the gateway's `web.assets`
 * @param {AsyncDisposableStack} stack ends them
 * @returns {Promise<{name: string, url: string}[]>}
 */
export async function startWays({ origin, assets, stores, authority, settings: more }, stack) {
  const { certFile, keyFile } = authority;
  const own = async (starting) => stack.adopt(await starting, (started) => started.stop());
  const nginx = await own(startNginxPage({ origin, cores: CORES.system, certFile, keyFile }));
  const settings = {
    listen: { tls: { certFile, keyFile } },
    web: { preset: 'open-webui', assets: { directory: assets, ...more } },
  };
  const gateway = await own(startGateway({ stores, pods: [{ url: origin }], cores: CORES.system, settings }));
  return [
    { name: 'direct', url: origin.replace('127.0.0.1', 'localhost') },
    { name: 'nginx', url: nginx.url },
    { name: 'gateway', url: gateway.url.replace('127.0.0.1', 'localhost') },
  ];
}
