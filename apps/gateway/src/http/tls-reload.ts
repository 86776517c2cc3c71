import { watch, type FSWatcher } from 'node:fs';
import { dirname } from 'node:path';
import { createSecureContext } from 'node:tls';
import { messageOf } from '@slipstream/contracts';
import type { Logger } from '@slipstream/telemetry';
import { readPair, type TlsPair } from './tls-pair.js';

export interface TlsReloadOptions {
  certFile: string;
  keyFile: string;
  /** The pair in use. */
  current: TlsPair;
  /** Given a new pair, which is known to fit. */
  onPair: (pair: TlsPair) => void;
  logger: Logger;
}

/** Certificate and key are two writes: they are read when both are likely done. */
const SETTLE_MS = 200;
/** For file systems that tell of no changes, such as network shares. */
const POLL_MS = 60_000;

/**
 * Watches the files of a certificate, by their folders: who renews a certificate seldom writes into the file, but moves
 * another one or a symbolic link into its place (Kubernetes, certbot). A pair that can't be used changes nothing.
 */
export class TlsReload {
  private current: TlsPair;
  private readonly watchers: FSWatcher[];
  private readonly poll = setInterval(() => void this.check(), POLL_MS).unref();
  private settling?: NodeJS.Timeout;

  constructor(private readonly options: TlsReloadOptions) {
    this.current = options.current;
    const folders = new Set([options.certFile, options.keyFile].map((file) => dirname(file)));
    this.watchers = [...folders].map((folder) => watch(folder, () => this.onChange()).on('error', (error) => this.keep(error)));
  }

  close(): void {
    clearInterval(this.poll);
    clearTimeout(this.settling);
    for (const watcher of this.watchers) watcher.close();
  }

  private onChange(): void {
    clearTimeout(this.settling);
    this.settling = setTimeout(() => void this.check(), SETTLE_MS).unref();
  }

  private async check(): Promise<void> {
    const { certFile, keyFile, onPair, logger } = this.options;
    try {
      const pair = await readPair(certFile, keyFile);
      if (pair.cert === this.current.cert && pair.key === this.current.key) return;
      createSecureContext(pair);
      onPair(pair);
      this.current = pair;
      logger.info({ certFile }, 'the new TLS certificate is in use');
    } catch (error) {
      this.keep(error);
    }
  }

  private keep(error: unknown): void {
    const { certFile, keyFile, logger } = this.options;
    logger.error({ certFile, keyFile, reason: messageOf(error) }, "the new TLS certificate can't be used; the old one stays: mend the files, which are read again when they change");
  }
}
