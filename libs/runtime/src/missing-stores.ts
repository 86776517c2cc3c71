import { DependencyUnavailableError, messageOf } from '@slipstream/contracts';
import type { Logger } from '@slipstream/telemetry';
import type { Checked } from './stores/opened.js';

const REMIND_MS = 5_000;
/** Number of reminders before they come once a minute: a gateway may run without a store permanently. */
const QUICK_REMINDERS = 12;
const SLOW_REMIND_MS = 60_000;

/** Settings of the URLs of the stores. */
const SETTINGS: Readonly<Record<string, string>> = {
  mongodb: 'MONGODB_URI (mongodb.uri)',
  redis: 'REDIS_URL (redis.url)',
  rabbitmq: 'RABBITMQ_URL (rabbitmq.url)',
};

/**
 * Logs every five seconds the stores that have not answered since the start, with the reason and the setting. A store
 * that fails later has log lines of its own.
 *
 * @returns a function that ends the reminders
 */
export function remindOfMissing(dependencies: readonly Checked[], logger: Pick<Logger, 'warn'>): () => void {
  const reminder = new Reminder(new Set(dependencies), logger);
  reminder.schedule();
  return () => reminder.stop();
}

class Reminder {
  private isStopped = false;
  private reminders = 0;
  private timer?: NodeJS.Timeout;

  constructor(
    private readonly missing: Set<Checked>,
    private readonly logger: Pick<Logger, 'warn'>,
  ) {}

  schedule(): void {
    if (this.isStopped || this.missing.size === 0) return;
    const pauseMs = this.reminders < QUICK_REMINDERS ? REMIND_MS : SLOW_REMIND_MS;
    this.timer = setTimeout(() => void this.remind(), pauseMs).unref();
  }

  stop(): void {
    this.isStopped = true;
    clearTimeout(this.timer);
  }

  private async remind(): Promise<void> {
    this.reminders += 1;
    await Promise.all([...this.missing].map((dependency) => this.check(dependency)));
    this.schedule();
  }

  private async check(dependency: Checked): Promise<void> {
    try {
      await dependency.check();
      this.missing.delete(dependency);
    } catch (error) {
      if (this.isStopped) return;
      const { name } = dependency;
      const reason = reasonOf(error);
      const setting = SETTINGS[name] ?? 'its address';
      this.logger.warn({ dependency: name, reason }, `waiting for ${name}: ${reason}; start it, or correct ${setting}`);
    }
  }
}

/** The cause is more specific than the error of a store, which is written for clients. */
function reasonOf(error: unknown): string {
  const isForClients = error instanceof DependencyUnavailableError;
  return messageOf(isForClients ? (error.cause ?? 'it does not answer') : error).replace(/\.$/, '');
}
