import type { Config } from '@slipstream/config';
import type { ProcessGroup } from '@slipstream/runtime';
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
export async function certificateOf({ host, tls }: Config['listen'], group: ProcessGroup, logger: Logger): Promise<Certificate | undefined> {
  const { certFile, keyFile, selfSigned } = tls ?? {};
  if (selfSigned) return { pair: await selfSignedPair(host, group, logger), watch: () => {}, close: () => {} };
  if (certFile === undefined || keyFile === undefined) return undefined;
  const pair = await readPair(certFile, keyFile);
  let reload: TlsReload | undefined;
  return {
    pair,
    watch: (onPair) => (reload = new TlsReload({ certFile, keyFile, current: pair, onPair, logger })),
    close: () => reload?.close(),
  };
}

const SELF_SIGNED = 'self-signed certificate';

/** One for all processes of this gateway, which take it over from those that are there. */
async function selfSignedPair(host: string, group: ProcessGroup, logger: Logger): Promise<TlsPair> {
  const [known] = (await group.survey(SELF_SIGNED)).answers as TlsPair[];
  if (!known) logger.warn('the TLS certificate is self-signed and made for this run: clients will not trust it; set listen.tls.certFile and keyFile for real use');
  const pair = known ?? (await makeSelfSignedPair(host));
  group.onSurvey(SELF_SIGNED, () => pair);
  return pair;
}
