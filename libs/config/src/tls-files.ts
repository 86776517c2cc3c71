import { readFile } from 'node:fs/promises';
import { createSecureContext } from 'node:tls';
import type { TlsSettings } from './listen.schema.js';

/** What is wrong with the files that section `listen.tls` names; never what is in them. */
export async function tlsFileMistakes({ certFile, keyFile }: Partial<TlsSettings> = {}): Promise<string[]> {
  if (certFile === undefined || keyFile === undefined) return [];
  const [cert, key] = await Promise.all([read('certFile (TLS_CERT_FILE)', certFile), read('keyFile (TLS_KEY_FILE)', keyFile)]);
  const unread = [cert, key].flatMap(({ mistake }) => mistake ?? []);
  if (unread.length > 0) return unread;
  const unfit = [unfitness('certFile (TLS_CERT_FILE)', 'a PEM certificate', { cert: cert.text }), unfitness('keyFile (TLS_KEY_FILE)', 'a PEM private key without a passphrase', { key: key.text })];
  const mistakes = unfit.flatMap((mistake) => mistake ?? []);
  if (mistakes.length > 0) return mistakes;
  const mismatch = unfitness('keyFile (TLS_KEY_FILE)', 'the key of the certificate in certFile', { cert: cert.text, key: key.text });
  return mismatch ? [mismatch] : [];
}

async function read(name: string, path: string): Promise<{ text?: string; mistake?: string }> {
  try {
    return { text: await readFile(path, 'utf8') };
  } catch (error) {
    return { mistake: `listen.tls.${name}: can't be read (${(error as NodeJS.ErrnoException).code ?? 'unknown error'})` };
  }
}

function unfitness(name: string, what: string, parts: { cert?: string; key?: string }): string | undefined {
  try {
    createSecureContext(parts);
    return undefined;
  } catch {
    return `listen.tls.${name}: does not hold ${what}`;
  }
}
