import { DependencyUnavailableError } from '@slipstream/contracts';

/** RabbitMQ can't do it now. `reason` says why, for logs: `not connected`, `buffer full`, … */
export function unavailable(reason: string, cause?: unknown): DependencyUnavailableError {
  return new DependencyUnavailableError('rabbitmq', { cause, context: { reason } });
}
