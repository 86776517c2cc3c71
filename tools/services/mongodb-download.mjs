import { lookup } from 'node:dns/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runQuietly, tail } from '../run.mjs';
import { startMongod } from './mongod.mjs';
import { Unavailable } from './unavailable.mjs';

const DOWNLOAD_WITHIN_MS = 5 * 60_000;
const DEFAULT_MIRROR = 'https://fastdl.mongodb.org';

/**
 * The mongod that mongodb-memory-server downloads. Kept in the download folder, so that it is fetched once.
 * @type {import('./discovery.mjs').Candidate<string>}
 */
export const downloadedMongod = {
  name: 'mongod-download',
  wayOut: `let this machine download mongod from ${DEFAULT_MIRROR}, or name another place in MONGOMS_DOWNLOAD_MIRROR`,
  async find({ cacheDir, env }) {
    await mirrorIsKnown(env);
    const script = fileURLToPath(new URL('mongodb-download.process.mjs', import.meta.url));
    const { code, output } = await runQuietly(process.execPath, [script, join(cacheDir, 'mongod')], {
      env,
      timeoutMs: DOWNLOAD_WITHIN_MS,
    });
    if (code !== 0) throw new Unavailable(tail(output, 1) || `no download within ${DOWNLOAD_WITHIN_MS / 1000} s`);
    return tail(output, 1);
  },
  start(binary, context) {
    return startMongod(this.name, binary, context);
  },
};

/** Asked first because the downloader tries for seconds. Behind a proxy, names are the proxy's to resolve. */
async function mirrorIsKnown(env) {
  if (['HTTPS_PROXY', 'https_proxy', 'HTTP_PROXY', 'http_proxy', 'MONGOMS_SYSTEM_BINARY'].some((name) => env[name]))
    return;
  const { hostname } = new URL(env.MONGOMS_DOWNLOAD_MIRROR ?? DEFAULT_MIRROR);
  await lookup(hostname).catch(() => {
    throw new Unavailable(`${hostname} cannot be reached`);
  });
}
