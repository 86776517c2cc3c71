import { hostname } from 'node:os';
import { isIP } from 'node:net';
import type { TlsPair } from '@slipstream/config';

export type { TlsPair };

const SELF_SIGNED_DAYS = 30;

/**
 * Creates a self-signed certificate for this machine. It is not stored.
 * @param host address of the listener
 */
export async function makeSelfSignedPair(host: string): Promise<TlsPair> {
  const names = [...new Set(['localhost', hostname(), '127.0.0.1', '::1', host])];
  const altNames = names.map((name) =>
    isIP(name) ? { type: 7 as const, ip: name } : { type: 2 as const, value: name },
  );
  const { generate } = await import('selfsigned'); // 3.5 MB that only this needs
  const made = await generate([{ name: 'commonName', value: 'localhost' }], {
    keyType: 'ec',
    curve: 'P-256',
    notAfterDate: new Date(Date.now() + SELF_SIGNED_DAYS * 24 * 3_600_000),
    extensions: [{ name: 'subjectAltName', altNames }],
  });
  return { cert: made.cert, key: made.private };
}
