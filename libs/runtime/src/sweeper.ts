import { messageOf } from '@slipstream/contracts';
import type { Logger } from '@slipstream/telemetry';

/** Options of {@link Sweeper}. */
export interface SweeperOptions {
  /**
   * Average time from the end of a round to the next. Each delay varies by a quarter, so that rounds of many workers do
   * not coincide.
   */
  intervalMs: number;
  /** One round. @param ending aborted when it must not start more work */
  sweep: (ending: AbortSignal) => Promise<void>;
  logger: Pick<Logger, 'debug'>;
}

/** Looks for overdue work at intervals. A failed round is harmless: the next one follows. */
export class Sweeper {
  private readonly ending = new AbortController();
  private timer?: NodeJS.Timeout;
  private sweeping: Promise<void> = Promise.resolve();

  constructor(private readonly options: SweeperOptions) {}

  start(): void {
    const jittered = this.options.intervalMs * (0.75 + Math.random() / 2);
    this.timer = setTimeout(() => (this.sweeping = this.round()), jittered);
  }

  /** Resolves when the running round has ended. */
  async stop(): Promise<void> {
    this.ending.abort();
    clearTimeout(this.timer);
    await this.sweeping;
  }

  private async round(): Promise<void> {
    const { sweep, logger } = this.options;
    try {
      await sweep(this.ending.signal);
    } catch (error) {
      logger.debug({ reason: messageOf(error) }, 'sweep failed; the next round tries again');
    }
    if (!this.ending.signal.aborted) this.start();
  }
}
