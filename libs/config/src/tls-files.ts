import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { TlsSettings } from './listen.schema.js';
import { readTlsPair } from './tls-pair.js';

/** What is wrong with the files that section `listen.tls` names; never what is in them. */
export async function tlsFileMistakes({ certFile, keyFile }: Partial<TlsSettings> = {}): Promise<string[]> {
  if (certFile === undefined || keyFile === undefined) return [];
  const read = await readTlsPair(certFile, keyFile);
  return 'mistakes' in read ? read.mistakes : [];
}

/**
 * What is wrong with the file of authorities of a pool.
 * @param name of the setting
 */
export async function caFileMistakes(name: string, caFile: string | undefined): Promise<string[]> {
  if (caFile === undefined) return [];
  try {
    const certificates = (await readFile(caFile, 'latin1')).match(
      /-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g,
    );
    for (const certificate of certificates ?? []) new X509Certificate(certificate);
    return certificates ? [] : [`${name}: holds no PEM certificate`];
  } catch (error) {
    const { code, syscall } = error as NodeJS.ErrnoException;
    return [
      syscall === undefined
        ? `${name}: holds a PEM certificate that can't be parsed`
        : `${name}: can't be read (${code ?? 'unknown error'})`,
    ];
  }
}
