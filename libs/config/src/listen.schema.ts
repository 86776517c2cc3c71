import { isIP } from 'node:net';
import { z } from 'zod';
import { between, bytes, milliseconds, port } from './numbers.js';

export const host = z
  .string()
  .max(255)
  .refine(
    (text) => isIP(text) !== 0 || /^[\w.-]+$/.test(text),
    'must be an address or a host name, without scheme and port',
  );
const path = z.string().min(1, 'must be the path of a PEM file').max(4096);

const TEN_YEARS_SECONDS = 315_360_000;

const tls = z
  .strictObject({
    certFile: path
      .optional()
      .describe('PEM file of the certificate and its chain. A changed file is loaded without a restart.'),
    keyFile: path
      .optional()
      .describe('PEM file of the private key, without a passphrase. A changed file is loaded without a restart.'),
    selfSigned: z
      .boolean('must be true or false')
      .default(false)
      .describe('Creates a certificate for this machine at each start. For tests only: browsers warn about it.'),
    hstsMaxAgeSeconds: between(0, TEN_YEARS_SECONDS)
      .optional()
      .describe(
        'max-age of Strict-Transport-Security in answers over HTTPS, unless the application sends that header. ' +
          'Requires allowedHosts. 0: browsers forget it. Default: the header is not sent.',
      ),
  })
  .refine(
    ({ certFile, keyFile }) => (certFile === undefined) === (keyFile === undefined),
    'needs both certFile and keyFile (TLS_CERT_FILE, TLS_KEY_FILE)',
  )
  .refine(
    ({ certFile, keyFile, selfSigned }) => !(selfSigned && (certFile ?? keyFile) !== undefined),
    'takes either selfSigned (TLS_SELF_SIGNED) or certFile and keyFile, not both',
  );

/** An address or a CIDR block. */
export const addressOrBlock = z
  .string()
  .refine(isAddressOrBlock, 'must be an address, or a CIDR block such as 10.0.0.0/8');
const peer = z
  .string()
  .refine(
    (text) => text === 'loopback' || isAddressOrBlock(text),
    'must be an address, a CIDR block such as 10.0.0.0/8, or loopback',
  );

const hostName = z
  .string()
  .max(255)
  .regex(
    /^(?:(?:\*\.)?[\w-]+(?:\.[\w-]+)*|[0-9A-Fa-f:.]+)$/,
    'must be a name or an address without scheme and port, or *. and a name',
  );
/** Host names that a listener accepts. */
export const hostNames = z.array(hostName).max(1000).default([]);

const connections = between(0, 1_000_000).optional();

/** A second listener. */
const internal = z.strictObject({
  host: host.default('127.0.0.1').describe('Address of this listener. An address other than loopback requires keys.'),
  port: port.describe('Port of this listener. 0: any free port.'),
  serves: z
    .enum(['everything', 'v1'])
    .default('v1')
    .describe('v1: only the OpenAI-compatible API. everything: the routes of the public listener.'),
});

/** The public listener. */
export const listenSchema = z.strictObject({
  host: host
    .default('127.0.0.1')
    .describe('Address of the public listener. An address other than loopback requires keys.'),
  port: port.default(8080).describe('Port of the public listener. 0: any free port.'),
  allowedHosts: hostNames.describe(
    'Host names that the public listener accepts, such as chat.example.org or *.example.org. Other hosts get ' +
      '421. Empty: any host name.',
  ),
  maxConnections: connections.describe(
    'Largest number of open connections per gateway process, including idle ones and WebSockets. Further ones ' +
      "get 503; with TLS they are closed. 0: no limit. Default: half of the process's limit of open files minus " +
      '64, at most 20000.',
  ),
  maxConnectionsPerAddress: connections.describe(
    'Largest number of open connections per client: an IPv4 address or an IPv6 /64 network. Trusted peers are ' +
      'exempt. 0: no limit. Default: a quarter of maxConnections, at least 500.',
  ),
  maxBodyBytes: bytes.default(1024 * 1024).describe('Largest request body of the native API.'),
  writeIdleTimeoutMs: milliseconds
    .default(60_000)
    .describe(
      'Time after which a connection or HTTP/2 stream is reset if its client accepts none of the waiting bytes.',
    ),
  streamWriteIdleTimeoutMs: milliseconds
    .default(300_000)
    .describe(
      'writeIdleTimeoutMs of event streams and WebSockets, of a backend that is sent an upload or a WebSocket, and ' +
        'of a connection whose request body is not read and on which nothing is sent.',
    ),
  internal: internal
    .optional()
    .describe('Second listener, of plain HTTP, for programs on this machine or network, such as Open WebUI.'),
  redirectPort: between(1, 65_535)
    .optional()
    .describe('Port that redirects HTTP to HTTPS, such as 80. Requires tls and allowedHosts.'),
  tls: tls.optional().describe('Serves HTTPS instead of HTTP, with HTTP/2 and HTTP/1.1 on the same port.'),
  trustedPeers: z
    .array(peer)
    .max(1000)
    .default([])
    .describe(
      'Trusted reverse proxies: addresses, CIDR blocks, or loopback. Their X-Forwarded-*, Forwarded, X-Real-IP ' +
        'and identity headers are kept. The same headers of other clients are removed.',
    ),
});

export type TlsSettings = z.infer<typeof tls>;

function isAddressOrBlock(text: string): boolean {
  const [, address, bits] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(text) ?? [];
  const version = isIP(address ?? '');
  return version !== 0 && Number(bits ?? 0) <= (version === 4 ? 32 : 128);
}
