import { readTlsPair, type TlsPair } from '@slipstream/config';
import { StartupError } from '@slipstream/contracts';
import type { ProcessGroup } from '@slipstream/runtime';
import type { Logger, Telemetry } from '@slipstream/telemetry';
import { CertificateExpiry } from './certificate-expiry.js';
import { makeSelfSignedPair } from './tls-pair.js';
import { TlsReload } from './tls-reload.js';

/** Options of {@link certificateOf}. */
export interface CertificateOptions {
  /** Address in a self-signed certificate. */
  host: string;
  selfSigned: boolean;
}

/** Parts that {@link certificateOf} uses. */
export interface CertificatePorts {
  group: ProcessGroup;
  registry: Telemetry['registry'];
  logger: Logger;
}

/** PEM files. */
export interface CertificateFiles {
  certFile: string;
  keyFile: string;
}

/** The certificate of the public listener. */
export interface Certificate {
  /** The pair at the start. */
  pair: TlsPair;
  /** Starts to report each new pair. */
  watch(onPair: (pair: TlsPair) => void): void;
  /** Takes the certificate of other files, and watches those. @throws StartupError; the former one stays */
  use(files: CertificateFiles | undefined): Promise<void>;
  close(): void;
}

/**
 * @param files absent: HTTP, unless `selfSigned`
 * @returns undefined if the listener serves HTTP
 * @throws StartupError if the files contain no valid pair
 */
export async function certificateOf(
  { host, selfSigned }: CertificateOptions,
  files: CertificateFiles | undefined,
  { group, registry, logger }: CertificatePorts,
): Promise<Certificate | undefined> {
  if (selfSigned) {
    const pair = await selfSignedPair(host, group, logger);
    return { pair, watch: () => {}, use: refuseChange, close: () => {} };
  }
  return files && new FileCertificate(files, await firstPair(files), registry, logger);
}

/** A certificate of files, which are watched. */
class FileCertificate implements Certificate {
  private readonly expiry: CertificateExpiry;
  private reload?: TlsReload;
  private onPair: (pair: TlsPair) => void = () => {};

  constructor(
    private readonly files: CertificateFiles,
    readonly pair: TlsPair,
    registry: Telemetry['registry'],
    private readonly logger: Logger,
  ) {
    this.expiry = new CertificateExpiry(registry, logger);
    this.expiry.use(pair.cert);
  }

  watch(onPair: (pair: TlsPair) => void): void {
    this.onPair = onPair;
    this.watchFiles(this.files, this.pair);
  }

  async use(files: CertificateFiles | undefined): Promise<void> {
    if (!files) return refuseChange();
    const pair = await firstPair(files);
    this.take(pair);
    this.watchFiles(files, pair);
  }

  close(): void {
    this.reload?.close();
    this.expiry.close();
  }

  private watchFiles(files: CertificateFiles, current: TlsPair): void {
    this.reload?.close();
    this.reload = new TlsReload({ ...files, current, onPair: (pair) => this.take(pair), logger: this.logger });
  }

  private take(pair: TlsPair): void {
    this.onPair(pair);
    this.expiry.use(pair.cert);
  }
}

function refuseChange(): never {
  throw new StartupError('listen.tls: another kind of certificate, or none, needs a restart');
}

/** The configuration was validated with an earlier state of the files. */
async function firstPair({ certFile, keyFile }: CertificateFiles): Promise<TlsPair> {
  const read = await readTlsPair(certFile, keyFile);
  if ('mistakes' in read) throw new StartupError(`The TLS certificate can't be used: ${read.mistakes.join('; ')}.`);
  return read.pair;
}

const SELF_SIGNED = 'self-signed certificate';

/** One for all processes of this gateway: later processes take it from running ones. */
async function selfSignedPair(host: string, group: ProcessGroup, logger: Logger): Promise<TlsPair> {
  const [known] = (await group.gather(SELF_SIGNED)).answers as TlsPair[];
  if (!known)
    logger.warn(
      'the TLS certificate is self-signed for this run, and clients do not trust it; for production set ' +
        'listen.tls.certFile and keyFile',
    );
  const pair = known ?? (await makeSelfSignedPair(host));
  group.onGather(SELF_SIGNED, () => pair);
  return pair;
}
