import { createPrivateKey, X509Certificate, type KeyObject } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { createSecureContext } from 'node:tls';

/** A certificate with its chain, and its private key, both PEM. */
export interface TlsPair {
  cert: string;
  key: string;
}

/** Far more than any chain needs. */
const MAX_BYTES = 1024 * 1024;
const CERT_FILE = 'listen.tls.certFile (TLS_CERT_FILE)';
const KEY_FILE = 'listen.tls.keyFile (TLS_KEY_FILE)';

/**
 * Reads the files of a certificate and checks that a client could be served with them: both are whole, and the key is
 * the certificate's.
 * @returns the pair, or everything that is wrong with it; never what is in the files
 */
export async function readTlsPair(
  certFile: string,
  keyFile: string,
): Promise<{ pair: TlsPair } | { mistakes: string[] }> {
  const [cert, key] = await Promise.all([read(CERT_FILE, certFile), read(KEY_FILE, keyFile)]);
  const unread = [cert, key].flatMap(({ mistake }) => mistake ?? []);
  if (unread.length > 0) return { mistakes: unread };
  const pair = { cert: cert.text ?? '', key: key.text ?? '' };
  const mistakes = mistakesIn(pair);
  return mistakes.length > 0 ? { mistakes } : { pair };
}

/**
 * The certificates of a PEM file, the server's own first.
 * @throws Error when one of them is damaged or cut off, or when there are none
 */
export function certificatesIn(pem: string): X509Certificate[] {
  const parts = pem.split(/(?=-----BEGIN )/).filter((part) => part.startsWith('-----BEGIN '));
  if (parts.length === 0) throw new Error('no PEM block');
  return parts.map((part) => new X509Certificate(part));
}

function mistakesIn(pair: TlsPair): string[] {
  // the former takes an empty file
  const certificates = attempt(() => (createSecureContext({ cert: pair.cert }), certificatesIn(pair.cert)));
  const key = attempt(() => createPrivateKey(pair.key));
  const mistakes = [
    ...(certificates
      ? []
      : [
          `${CERT_FILE}: does not hold ${hasBegin(pair.cert) ? 'whole PEM certificates: one is damaged or cut off' : 'a PEM certificate'}`,
        ]),
    ...(key ? [] : [`${KEY_FILE}: does not hold a PEM private key without a passphrase`]),
  ];
  if (!certificates || !key) return mistakes;
  return fits(certificates[0]!, key, pair) ? [] : [`${KEY_FILE}: does not hold the key of the certificate in certFile`];
}

const hasBegin = (pem: string): boolean => pem.includes('-----BEGIN CERTIFICATE-----');

const fits = (certificate: X509Certificate, key: KeyObject, pair: TlsPair): boolean =>
  certificate.checkPrivateKey(key) && attempt(() => createSecureContext({ ...pair })) !== undefined;

async function read(name: string, path: string): Promise<{ text?: string; mistake?: string }> {
  try {
    const stats = await stat(path);
    if (stats.isDirectory()) return { mistake: `${name}: can't be read (EISDIR)` };
    if (!stats.isFile()) return { mistake: `${name}: is not a file` }; // a FIFO would be waited for
    if (stats.size > MAX_BYTES) return { mistake: `${name}: is larger than ${MAX_BYTES} bytes` };
    return { text: await readFile(path, 'utf8') };
  } catch (error) {
    return { mistake: `${name}: can't be read (${(error as NodeJS.ErrnoException).code ?? 'unknown error'})` };
  }
}

function attempt<T>(step: () => T): T | undefined {
  try {
    return step();
  } catch {
    return undefined;
  }
}
