import type { RedisConnections } from '@slipstream/redis';
import type { JobSignals } from '../job-signals.js';

/** Signals to every process that uses the same Redis. */
export class RedisJobSignals implements JobSignals {
  private readonly channel: string;

  constructor(
    private readonly redis: RedisConnections,
    keyPrefix: string,
  ) {
    this.channel = `${keyPrefix}job-cancelled`;
  }

  async cancel(jobId: string): Promise<void> {
    await this.redis.run('signal.cancel', (commands) => commands.publish(this.channel, jobId));
  }

  onCancel(listener: (jobId: string) => void): () => void {
    return this.redis.subscriber.subscribe(this.channel, listener);
  }
}
