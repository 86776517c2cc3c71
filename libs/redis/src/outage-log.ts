import type { Logger } from '@slipstream/contracts';

/** One line when Redis goes, one when it is back, however many connections and attempts there are in between. */
export class OutageLog {
  private readonly down = new Set<string>();

  constructor(private readonly logger: Logger) {}

  /** @param reason the last error's message; ioredis puts no credentials into it */
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
