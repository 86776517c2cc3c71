import { createPrivateKey, X509Certificate, type KeyObject } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { createSecureContext } from 'node:tls';
import { written, type Mistake } from './mistake.js';

/** A certificate with its chain, and its private key, both PEM. */
export interface TlsPair {
  cert: string;
  key: string;
}

/** Far above the size of any certificate chain. */
const MAX_BYTES = 1024 * 1024;
type Setting = Pick<Mistake, 'path' | 'name'>;
const CERT_FILE = { path: ['listen', 'tls', 'certFile'], name: 'listen.tls.certFile (TLS_CERT_FILE)' };
const KEY_FILE = { path: ['listen', 'tls', 'keyFile'], name: 'listen.tls.keyFile (TLS_KEY_FILE)' };

/** As {@link checkedTlsPair}, with each mistake as a text. */
export async function readTlsPair(
  certFile: string,
  keyFile: string,
): Promise<{ pair: TlsPair } | { mistakes: string[] }> {
  const read = await checkedTlsPair(certFile, keyFile);
  return 'pair' in read ? read : { mistakes: read.mistakes.map(written) };
}

/**
 * Reads a certificate and its key, and checks that both are complete and belong together.
 * @returns the pair, or its mistakes without the contents of the files
 */
export async function checkedTlsPair(
  certFile: string,
  keyFile: string,
): Promise<{ pair: TlsPair } | { mistakes: Mistake[] }> {
  const [cert, key] = await Promise.all([read(CERT_FILE, certFile), read(KEY_FILE, keyFile)]);
  const unread = [cert, key].flatMap(({ mistake }) => mistake ?? []);
  if (unread.length > 0) return { mistakes: unread };
  const pair = { cert: cert.text ?? '', key: key.text ?? '' };
  const mistakes = mistakesIn(pair);
  return mistakes.length > 0 ? { mistakes } : { pair };
}

/**
 * Returns the certificates of a PEM file, the server's own first.
 * @throws Error if the file has no certificate, or a damaged one
 */
export function certificatesIn(pem: string): X509Certificate[] {
  const parts = pem.split(/(?=-----BEGIN )/).filter((part) => part.startsWith('-----BEGIN '));
  if (parts.length === 0) throw new Error('no PEM block');
  return parts.map((part) => new X509Certificate(part));
}

function mistakesIn(pair: TlsPair): Mistake[] {
  // createSecureContext accepts an empty file
  const certificates = attempt(() => (createSecureContext({ cert: pair.cert }), certificatesIn(pair.cert)));
  const key = attempt(() => createPrivateKey(pair.key));
  const mistakes = [
    ...(certificates
      ? []
      : [
          {
            ...CERT_FILE,
            text: hasBegin(pair.cert)
              ? 'contains a PEM certificate that is damaged or cut off'
              : 'contains no PEM certificate',
          },
        ]),
    ...(key ? [] : [{ ...KEY_FILE, text: 'does not contain a PEM private key without a passphrase' }]),
  ];
  if (!certificates || !key) return mistakes;
  return fits(certificates[0]!, key, pair)
    ? []
    : [{ ...KEY_FILE, text: 'does not contain the key of the certificate in certFile' }];
}

const hasBegin = (pem: string): boolean => pem.includes('-----BEGIN CERTIFICATE-----');

const fits = (certificate: X509Certificate, key: KeyObject, pair: TlsPair): boolean =>
  certificate.checkPrivateKey(key) && attempt(() => createSecureContext({ ...pair })) !== undefined;

async function read(setting: Setting, path: string): Promise<{ text?: string; mistake?: Mistake }> {
  try {
    const stats = await stat(path);
    if (stats.isDirectory()) return { mistake: { ...setting, text: "can't be read (EISDIR)" } };
    if (!stats.isFile()) return { mistake: { ...setting, text: 'is not a file' } }; // reading a FIFO would block
    if (stats.size > MAX_BYTES) return { mistake: { ...setting, text: `is larger than ${MAX_BYTES} bytes` } };
    return { text: await readFile(path, 'utf8') };
  } catch (error) {
    return {
      mistake: { ...setting, text: `can't be read (${(error as NodeJS.ErrnoException).code ?? 'unknown error'})` },
    };
  }
}

function attempt<T>(step: () => T): T | undefined {
  try {
    return step();
  } catch {
    return undefined;
  }
}
