import { watch, type FSWatcher } from 'node:fs';
import { dirname } from 'node:path';
import { readTlsPair, type TlsPair } from '@slipstream/config';
import { messageOf } from '@slipstream/contracts';
import type { Logger } from '@slipstream/telemetry';

export interface TlsReloadOptions {
  certFile: string;
  keyFile: string;
  /** The pair in use. */
  current: TlsPair;
  /** Called with a new valid pair. */
  onPair: (pair: TlsPair) => void;
  logger: Pick<Logger, 'info' | 'error'>;
}

/** Certificate and key are two writes: they are read when both are probably done. */
const SETTLE_MS = 200;
/** Interval of reading an invalid pair: a tool may write the key long after the certificate. */
const RETRY_MS = 1_000;
const MAX_RETRIES = 60;
/** For file systems without change events, such as network shares. */
const POLL_MS = 60_000;

/**
 * Watches the folders of the certificate's files. Tools seldom write into the file; they move another file or a
 * symbolic link into its place (Kubernetes, certbot). An incomplete or mismatched pair changes nothing: the previous
 * pair stays, and the files are read again until they are valid.
 */
export class TlsReload {
  private current: TlsPair;
  private readonly watchers: FSWatcher[];
  private readonly poll = setInterval(() => void this.check(), POLL_MS).unref();
  private next?: NodeJS.Timeout;
  private retries = 0;
  /** The last logged reason; each reason is logged once. */
  private logged = '';

  constructor(private readonly options: TlsReloadOptions) {
    this.current = options.current;
    const folders = new Set([options.certFile, options.keyFile].map((file) => dirname(file)));
    this.watchers = [...folders].map((folder) =>
      watch(folder, () => this.onChange()).on('error', (error) => this.keep(messageOf(error))),
    );
  }

  close(): void {
    clearInterval(this.poll);
    clearTimeout(this.next);
    this.retries = MAX_RETRIES;
    for (const watcher of this.watchers) watcher.close();
  }

  private onChange(): void {
    this.retries = 0;
    this.checkIn(SETTLE_MS);
  }

  private checkIn(delayMs: number): void {
    clearTimeout(this.next);
    this.next = setTimeout(() => void this.check(), delayMs).unref();
  }

  private async check(): Promise<void> {
    const read = await readTlsPair(this.options.certFile, this.options.keyFile);
    if ('mistakes' in read) return this.keep(read.mistakes.join('; '));
    const { pair } = read;
    this.logged = '';
    if (pair.cert === this.current.cert && pair.key === this.current.key) return;
    this.use(pair);
  }

  private use(pair: TlsPair): void {
    const { certFile, onPair, logger } = this.options;
    try {
      onPair(pair);
      this.current = pair;
      logger.info({ certFile }, 'the new TLS certificate is in use');
    } catch (error) {
      this.keep(messageOf(error));
    }
  }

  private keep(reason: string): void {
    const { certFile, keyFile, logger } = this.options;
    if (reason !== this.logged)
      logger.error(
        { certFile, keyFile, reason },
        'the new TLS certificate is invalid, and the previous one stays active; correct the files, which are ' +
          'read again until valid',
      );
    this.logged = reason;
    this.retries += 1;
    if (this.retries <= MAX_RETRIES) this.checkIn(RETRY_MS);
  }
}
