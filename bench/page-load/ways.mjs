import { CORES } from '../harness/cores.mjs';
import { startGateway } from '../proxy/ways/gateway.mjs';
import { startNginxPage } from '../proxy/ways/nginx.mjs';
import { LINE, startLine } from './line.mjs';

/**
 * The ways to a web application, each at the end of a slow line.
 * @param {{origin: string, assets: string, stores: object, authority: {certFile: string, keyFile: string},
 * settings?: object}} options `settings` of the gateway's `web.assets`
 * @param {AsyncDisposableStack} stack ends them
 * @returns {Promise<{name: string, url: string}[]>} `preloads` is the gateway with learned preloads
 */
export async function startWays({ origin, assets, stores, authority, settings: more }, stack) {
  const { certFile, keyFile } = authority;
  const own = async (starting) => stack.adopt(await starting, (started) => started.stop());
  const nginx = await own(startNginxPage({ origin, cores: CORES.system, certFile, keyFile }));
  const gatewayWith = async (settings) => {
    const web = { preset: 'open-webui', assets: { ...settings, ...more } };
    const listen = { tls: { certFile, keyFile } };
    const parts = { stores, pods: [{ url: origin }], cores: CORES.system, settings: { listen, web } };
    return (await own(startGateway(parts))).url;
  };
  const gateway = await gatewayWith({ directory: assets });
  const preloads = await gatewayWith({ directory: `${assets}-preloads`, preloads: true });
  const ways = Object.entries({ direct: origin, nginx: nginx.url, gateway, preloads });
  return Promise.all(ways.map(async ([name, url]) => ({ name, url: (await own(startLine(url, LINE))).url })));
}
