import { readTlsPair, type TlsPair } from '@slipstream/config';
import { StartupError } from '@slipstream/contracts';
import type { ProcessGroup } from '@slipstream/runtime';
import type { Logger, Telemetry } from '@slipstream/telemetry';
import { CertificateExpiry } from './certificate-expiry.js';
import { makeSelfSignedPair } from './tls-pair.js';
import { TlsReload } from './tls-reload.js';

/** Options of {@link certificateOf}. */
export interface CertificateOptions {
  /** Address that a self-signed certificate is made for. */
  host: string;
  /** PEM files. Both or neither. Absent: HTTP, unless `selfSigned`. */
  certFile?: string;
  keyFile?: string;
  selfSigned: boolean;
}

/** The certificate of the public listener. */
export interface Certificate {
  /** As it is at the start. */
  pair: TlsPair;
  /** From now on tells of each new one. */
  watch(onPair: (pair: TlsPair) => void): void;
  close(): void;
}

/**
 * @returns undefined when the listener is to speak HTTP
 * @throws StartupError when the files hold no usable pair
 */
export async function certificateOf(
  { host, certFile, keyFile, selfSigned }: CertificateOptions,
  group: ProcessGroup,
  { registry }: Telemetry,
  logger: Logger,
): Promise<Certificate | undefined> {
  if (selfSigned) return { pair: await selfSignedPair(host, group, logger), watch: () => {}, close: () => {} };
  if (certFile === undefined || keyFile === undefined) return undefined;
  const pair = await firstPair(certFile, keyFile);
  const expiry = new CertificateExpiry(registry, logger);
  expiry.use(pair.cert);
  let reload: TlsReload | undefined;
  return {
    pair,
    watch(onPair) {
      const use = (renewed: TlsPair): void => (onPair(renewed), expiry.use(renewed.cert));
      reload = new TlsReload({ certFile, keyFile, current: pair, onPair: use, logger });
    },
    close() {
      reload?.close();
      expiry.close();
    },
  };
}

/** The configuration was checked with the files as they were a moment ago. */
async function firstPair(certFile: string, keyFile: string): Promise<TlsPair> {
  const read = await readTlsPair(certFile, keyFile);
  if ('mistakes' in read) throw new StartupError(`The TLS certificate can't be used: ${read.mistakes.join('; ')}.`);
  return read.pair;
}

const SELF_SIGNED = 'self-signed certificate';

/** One for all processes of this gateway, which take it over from those that are there. */
async function selfSignedPair(host: string, group: ProcessGroup, logger: Logger): Promise<TlsPair> {
  const [known] = (await group.survey(SELF_SIGNED)).answers as TlsPair[];
  if (!known)
    logger.warn(
      'the TLS certificate is self-signed and made for this run: clients will not trust it; set listen.tls.certFile and keyFile for real use',
    );
  const pair = known ?? (await makeSelfSignedPair(host));
  group.onSurvey(SELF_SIGNED, () => pair);
  return pair;
}
