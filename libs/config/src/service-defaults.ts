/** The processes that read a configuration. */
export const SERVICES = ['gateway', 'chat-worker', 'document-worker', 'notification-worker', 'standalone'] as const;
export type ServiceName = (typeof SERVICES)[number];

const MANAGEMENT_PORTS: Record<ServiceName, number> = {
  gateway: 9901,
  standalone: 9901,
  'chat-worker': 9902,
  'document-worker': 9903,
  'notification-worker': 9904,
};

/**
 * Defaults that differ by service. A single process needs no Redis or RabbitMQ; separate processes share them.
 */
export function defaultsOf(service: ServiceName) {
  const isAlone = service !== 'standalone';
  return {
    management: { port: MANAGEMENT_PORTS[service] },
    redis: { url: isAlone ? 'redis://127.0.0.1:6379' : 'memory:' },
    rabbitmq: { url: isAlone ? 'amqp://127.0.0.1:5672' : 'memory:' },
  };
}
