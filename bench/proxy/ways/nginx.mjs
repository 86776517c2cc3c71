import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '../../../tools/services/ports.mjs';
import { programPath, programVersion, startProgram } from '../../harness/program.mjs';
import { CONNECTIONS } from './way.mjs';

/** Of a parameter of a configuration. */
const MAX_TEXT_BYTES = 2000;

const path = () => programPath('nginx', 'nginx-light');

/** @returns {Promise<string>} such as `nginx 1.22.1` */
export const nginxVersion = async () => `nginx ${await programVersion(path(), '-v')}`;

/**
 * nginx as a proxy: connections to the pods kept, nothing logged.
 * @param {{podUrls: string[], cores: string}} options
 * @returns {Promise<import('./way.mjs').Way>}
 */
export async function startNginxProxy({ podUrls, cores }) {
  const port = await freePort();
  const blocks = `
    ${upstream(podUrls)}
    server {
      listen 127.0.0.1:${port};
      location / { proxy_pass http://pods; proxy_http_version 1.1; proxy_set_header Connection ""; }
    }`;
  return { name: 'nginx', url: `http://127.0.0.1:${port}`, ...(await startNginx({ blocks, cores, port })) };
}

/** Connections to the pods are kept. */
function upstream(podUrls) {
  const servers = podUrls.map((url) => `server ${new URL(url).host};`).join(' ');
  return `upstream pods { ${servers} keepalive ${CONNECTIONS}; keepalive_requests 1000000000; }`;
}

/**
 * Pods that cost next to nothing: nginx that answers every request alike.
 * @param {{count: number, cores: string, body: string, header?: string}} options `header` as nginx's add_header takes
 * it
 * @returns {Promise<{urls: string[], stop: () => Promise<void>}>}
 */
export async function startNginxPods({ count, cores, body, header }) {
  const ports = await Promise.all(Array.from({ length: count }, () => freePort()));
  const blocks = (folder) => {
    const answer = answerIn(folder, body);
    const fields = `default_type application/json; ${header ? `add_header ${header}; ` : ''}`;
    return ports.map((port) => `server { listen 127.0.0.1:${port}; location / { ${fields}${answer} } }`).join('\n');
  };
  const { stop } = await startNginx({ blocks, cores, port: ports[0] });
  return { urls: ports.map((port) => `http://127.0.0.1:${port}`), stop };
}

/** Directives that answer with a body; a large one does not fit in the configuration. */
function answerIn(folder, body) {
  if (body.length <= MAX_TEXT_BYTES) return `return 200 '${body}';`;
  writeFileSync(join(folder, 'body'), body, { mode: 0o644 });
  return `root ${folder}; try_files /body =404;`;
}

/**
 * nginx as a cache before one pod, its connections kept, on disk as it keeps everything; what is asked often, the
 * kernel has in memory.
 * @param {{podUrls: string[], cores: string, keysMb?: number}} options `keysMb`: memory for keys, 8,000 in each
 * @returns {Promise<import('./way.mjs').Way>}
 */
export async function startNginxCache({ podUrls: [podUrl], cores, keysMb = 10 }) {
  const port = await freePort();
  const blocks = (folder) => `
    proxy_cache_path ${folder}/cache keys_zone=answers:${keysMb}m;
    ${upstream([podUrl])}
    server {
      listen 127.0.0.1:${port};
      location / { proxy_pass http://pods; proxy_cache answers; proxy_http_version 1.1; proxy_set_header Connection ""; }
    }`;
  return { name: 'nginx proxy_cache', url: `http://127.0.0.1:${port}`, ...(await startNginx({ blocks, cores, port })) };
}

/**
 * nginx before a web application, as a guide would set it up: HTTP/2, and a cache for the files that never change.
 * @param {{origin: string, cores: string, certFile: string, keyFile: string}} options
 */
export async function startNginxPage({ origin, cores, certFile, keyFile }) {
  const port = await freePort();
  const blocks = (folder) => `
    proxy_cache_path ${folder}/cache keys_zone=files:10m;
    upstream application { server ${new URL(origin).host}; keepalive 32; }
    map $http_upgrade $connection_field { default upgrade; '' ''; }
    server {
      listen 127.0.0.1:${port} ssl http2;
      ssl_certificate ${certFile}; ssl_certificate_key ${keyFile}; ssl_session_cache shared:tls:10m;
      proxy_http_version 1.1; proxy_set_header Host $http_host;
      proxy_set_header Connection $connection_field; proxy_set_header Upgrade $http_upgrade;
      location /_app/immutable/ {
        proxy_pass http://application; proxy_cache files; proxy_cache_valid 200 1y; proxy_ignore_headers Vary;
        proxy_cache_key $uri$http_accept_encoding; proxy_set_header Connection "";
        add_header Cache-Control "public, max-age=31536000, immutable";
      }
      location / { proxy_pass http://application; }
    }`;
  return { name: 'nginx', url: `https://localhost:${port}`, ...(await startNginx({ blocks, cores, port })) };
}

const startNginx = ({ blocks, cores, port }) =>
  startProgram({
    path: path(),
    args: (configFile, folder) => ['-p', folder, '-c', configFile],
    config: (folder) => configOf(folder, typeof blocks === 'function' ? blocks(folder) : blocks),
    cores,
    port,
  });

/** Temporary files have a place of their own, so that it need not be root who runs it. */
const TEMPORARY = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];

const configOf = (folder, blocks) => `
  daemon off; master_process off; worker_processes 1; pid ${folder}/nginx.pid; error_log stderr warn;
  events { worker_connections 4096; }
  http {
    access_log off; keepalive_requests 1000000000; keepalive_timeout 300s;
    ${TEMPORARY.map((name) => `${name}_temp_path ${folder}/${name};`).join(' ')}
    ${blocks}
  }`;
