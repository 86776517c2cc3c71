import type { IncomingMessage, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import type { CDNManager } from '@slipstream/cdn';
import { SlipstreamError } from '@slipstream/contracts';
import { breakOff, sendProblem } from '@slipstream/http';
import { selectPart } from '@slipstream/http-cache';
import type { Stores } from '@slipstream/runtime';
import { HOSTED_PREFIX } from '../http/routes.js';
import type { RequestHandler } from '../http/listener-options.js';
import { HostedAssetFiles, HostedAssetStore, type HostedAsset } from './hosted-asset.store.js';
import type { PublicUrls } from './hosting.providers.js';

/** Dependencies of {@link assetHandler}. */
export interface AssetHandlerPorts {
  store: Pick<HostedAssetStore, 'find'>;
  files: Pick<HostedAssetFiles, 'openDownload'>;
  cdn: Pick<CDNManager, 'complete'>;
}

export const assetPorts = ({ database }: Pick<Stores, 'database'>, { cdn }: PublicUrls): AssetHandlerPorts => ({
  store: database.get(HostedAssetStore),
  files: database.get(HostedAssetFiles),
  cdn,
});

/** Nothing that leaves the folder: no slash, no dots but the one before the extension, no escapes. */
const ID = /^[a-z0-9_-]{1,64}-[\w-]{22}\.[a-z0-9]{2,5}$/;

/** Serves hosted files to all clients, at URLs that contain the hash of their content. */
export const assetHandler =
  (ports: AssetHandlerPorts): RequestHandler =>
  (request, response, { url, requestId }) => {
    void serve(ports, request, response, url).catch((error: unknown) => sendProblem(response, error, requestId));
  };

async function serve(
  { store, files, cdn }: AssetHandlerPorts,
  request: IncomingMessage,
  response: ServerResponse,
  url: string,
): Promise<void> {
  const { method = '' } = request;
  if (method !== 'GET' && method !== 'HEAD') {
    throw new SlipstreamError('method_not_allowed', undefined, { headers: { allow: 'GET, HEAD' } });
  }
  const path = url.split('?', 1)[0] as string;
  const id = path.slice(HOSTED_PREFIX.length + 1);
  const asset = ID.test(id) ? await store.find(id) : null;
  if (!asset) throw new SlipstreamError('asset_not_found');
  const headers = headersOf(asset);
  cdn.complete({ statusCode: 200, headers, path }, { type: 'immutable' });
  const part = selectPart(method, request.rawHeaders, headers, asset.bytes);
  response.writeHead(part.statusCode, part.headers);
  if (method === 'HEAD' || !part.range) return void response.end();
  const { first, last } = part.range;
  await pipeline(files.openDownload(asset.fileId, { start: first, end: last + 1 }), response).catch(() =>
    breakOff(response),
  );
}

/** The file shares the origin of the application: no browser may guess its type, or run what is in it. */
const headersOf = ({ type, digest, createdAt }: HostedAsset): string[] => [
  'Content-Type',
  type,
  'ETag',
  `"${digest}"`,
  'Last-Modified',
  createdAt.toUTCString(),
  'Accept-Ranges',
  'bytes',
  'Access-Control-Allow-Origin',
  '*',
  'Cross-Origin-Resource-Policy',
  'cross-origin',
  'X-Content-Type-Options',
  'nosniff',
  'Content-Security-Policy',
  'sandbox',
];
