import type { Logger } from '@slipstream/contracts';

/** Logs one line at the start of an outage of Redis, and one at its end, for any number of connections and attempts. */
export class OutageLog {
  private readonly down = new Set<string>();

  constructor(private readonly logger: Logger) {}

  /** @param reason message of the last error; ioredis includes no credentials */
  went(connection: string, reason: string): void {
    if (this.down.size === 0)
      this.logger.warn({ dependency: 'redis', connection, reason }, 'redis is unreachable; reconnecting');
    this.down.add(connection);
  }

  cameBack(connection: string): void {
    if (this.down.delete(connection) && this.down.size === 0)
      this.logger.info({ dependency: 'redis' }, 'redis is back');
  }
}
