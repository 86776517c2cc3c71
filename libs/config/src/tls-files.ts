import type { TlsSettings } from './listen.schema.js';
import { readTlsPair } from './tls-pair.js';

/** What is wrong with the files that section `listen.tls` names; never what is in them. */
export async function tlsFileMistakes({ certFile, keyFile }: Partial<TlsSettings> = {}): Promise<string[]> {
  if (certFile === undefined || keyFile === undefined) return [];
  const read = await readTlsPair(certFile, keyFile);
  return 'mistakes' in read ? read.mistakes : [];
}
