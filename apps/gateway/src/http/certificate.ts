import type { Config } from '@slipstream/config';
import type { Logger } from '@slipstream/telemetry';
import { TlsReload } from './tls-reload.js';
import { makeSelfSignedPair, readPair, type TlsPair } from './tls-pair.js';

/** The certificate of the public listener. */
export interface Certificate {
  /** As it is at the start. */
  pair: TlsPair;
  /** From now on tells of each new one. */
  watch(onPair: (pair: TlsPair) => void): void;
  close(): void;
}

/** @returns undefined when the listener is to speak HTTP */
export async function certificateOf({ host, tls }: Config['listen'], logger: Logger): Promise<Certificate | undefined> {
  const { certFile, keyFile, selfSigned } = tls ?? {};
  if (selfSigned) {
    logger.warn('the TLS certificate is self-signed and made for this run: clients will not trust it; set listen.tls.certFile and keyFile for real use');
    return { pair: await makeSelfSignedPair(host), watch: () => {}, close: () => {} };
  }
  if (certFile === undefined || keyFile === undefined) return undefined;
  const pair = await readPair(certFile, keyFile);
  let reload: TlsReload | undefined;
  return {
    pair,
    watch: (onPair) => (reload = new TlsReload({ certFile, keyFile, current: pair, onPair, logger })),
    close: () => reload?.close(),
  };
}
