import { messageOf } from '@slipstream/contracts';
import type { Logger } from '@slipstream/telemetry';

/** Options of {@link Sweeper}. */
export interface SweeperOptions {
  /**
   * From the end of a round to the next, on average: each waits a quarter more or less, so that many workers' rounds
   * don't coincide.
   */
  intervalMs: number;
  /** One round. @param ending aborted when it is not to begin anything more */
  sweep: (ending: AbortSignal) => Promise<void>;
  logger: Pick<Logger, 'debug'>;
}

/** Looks again and again for work that nobody took up. A round that fails is no harm: the next one comes. */
export class Sweeper {
  private readonly ending = new AbortController();
  private timer?: NodeJS.Timeout;
  private sweeping: Promise<void> = Promise.resolve();

  constructor(private readonly options: SweeperOptions) {}

  start(): void {
    const jittered = this.options.intervalMs * (0.75 + Math.random() / 2);
    this.timer = setTimeout(() => (this.sweeping = this.round()), jittered);
  }

  /** Resolves when the round that is being made has ended. */
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
