import { isIP } from 'node:net';
import { z } from 'zod';
import { between, bytes, milliseconds, port } from './numbers.js';

export const host = z
  .string()
  .max(255)
  .refine(
    (text) => isIP(text) !== 0 || /^[\w.-]+$/.test(text),
    'must be an address or a name, without scheme and port',
  );
const path = z.string().min(1, 'must be the path of a PEM file').max(4096);

const tls = z
  .strictObject({
    certFile: path.optional().describe('PEM file of the certificate and its chain. Read again when it changes.'),
    keyFile: path.optional().describe('PEM file of its private key, without a passphrase. Read again when it changes.'),
    selfSigned: z
      .boolean('must be true or false')
      .default(false)
      .describe('Makes a certificate for this machine at each start. For trials: browsers warn of it.'),
  })
  .refine(
    ({ certFile, keyFile }) => (certFile === undefined) === (keyFile === undefined),
    'needs both certFile and keyFile (TLS_CERT_FILE, TLS_KEY_FILE)',
  )
  .refine(
    ({ certFile, keyFile, selfSigned }) => !(selfSigned && (certFile ?? keyFile) !== undefined),
    'takes either selfSigned (TLS_SELF_SIGNED) or certFile and keyFile, not both',
  );

/** An address, or a block of them. */
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
/** Names that a listener is asked for. */
export const hostNames = z.array(hostName).max(1000).default([]);

const connections = between(0, 1_000_000).optional();

/** The public listener. */
export const listenSchema = z.strictObject({
  host: host
    .default('127.0.0.1')
    .describe('Address of the public listener. Another than a loopback address needs keys.'),
  port: port.default(8080).describe('Port of the public listener; 0 takes a free one.'),
  allowedHosts: hostNames.describe(
    'Names that requests may be for, such as chat.example.org or *.example.org; others get 421. Empty: any name.',
  ),
  maxConnections: connections.describe(
    'Open connections of each gateway process, idle ones and WebSockets included; more get 503, or with TLS are closed. 0: any number. Default: half of the open files that the system grants the process, less 64, at most 20000.',
  ),
  maxConnectionsPerAddress: connections.describe(
    'The same per client: an IPv4 address, or an IPv6 /64 network. Trusted peers are exempt. 0: any number. Default: a quarter of maxConnections, at least 500.',
  ),
  maxBodyBytes: bytes.default(1024 * 1024).describe('Largest request body of the native API.'),
  writeIdleTimeoutMs: milliseconds
    .default(60_000)
    .describe(
      'How long a client may take none of the bytes that wait for it; then its connection, or its stream of HTTP/2, is reset.',
    ),
  streamWriteIdleTimeoutMs: milliseconds.default(300_000).describe('The same for event streams and WebSockets.'),
  tls: tls.optional().describe('HTTPS instead of HTTP: HTTP/2 and HTTP/1.1 on the same port.'),
  trustedPeers: z
    .array(peer)
    .max(1000)
    .default([])
    .describe(
      'Proxies in front whose X-Forwarded-*, Forwarded, X-Real-IP and identity headers are kept; from all others they are cut. Addresses, CIDR blocks, or loopback.',
    ),
});

export type TlsSettings = z.infer<typeof tls>;

function isAddressOrBlock(text: string): boolean {
  const [, address, bits] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(text) ?? [];
  const version = isIP(address ?? '');
  return version !== 0 && Number(bits ?? 0) <= (version === 4 ? 32 : 128);
}
