import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { TlsSettings } from './listen.schema.js';
import type { Mistake } from './mistake.js';
import { checkedTlsPair } from './tls-pair.js';

/** Returns the mistakes in the files of section `listen.tls`, without their contents. */
export async function tlsFileMistakes({ certFile, keyFile }: Partial<TlsSettings> = {}): Promise<Mistake[]> {
  if (certFile === undefined || keyFile === undefined) return [];
  const read = await checkedTlsPair(certFile, keyFile);
  return 'mistakes' in read ? read.mistakes : [];
}

/**
 * Returns the mistakes in a pool's file of authorities.
 * @param path of the setting
 */
export async function caFileMistakes(path: readonly string[], caFile: string | undefined): Promise<Mistake[]> {
  if (caFile === undefined) return [];
  try {
    const certificates = (await readFile(caFile, 'latin1')).match(
      /-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g,
    );
    for (const certificate of certificates ?? []) new X509Certificate(certificate);
    return certificates ? [] : [{ path, text: 'contains no PEM certificate' }];
  } catch (error) {
    const { code, syscall } = error as NodeJS.ErrnoException;
    return [
      syscall === undefined
        ? { path, text: "contains a PEM certificate that can't be parsed" }
        : { path, text: `can't be read (${code ?? 'unknown error'})` },
    ];
  }
}
