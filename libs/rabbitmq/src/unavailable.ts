import { DependencyUnavailableError } from '@slipstream/contracts';

/** RabbitMQ is unavailable. `reason` is for logs: `not connected`, `buffer full`, … */
export function unavailable(reason: string, cause?: unknown): DependencyUnavailableError {
  return new DependencyUnavailableError('rabbitmq', { cause, context: { reason } });
}
