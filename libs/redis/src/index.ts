export type { Cluster, Redis } from 'ioredis';
export type { Logger } from './logger.port.js';
export { joinedBus, redisBus, silentBus, type BusListener, type MessageBus } from './message-bus.js';
export { RedisConnections, type RedisConnectionsOptions } from './redis-connections.js';
export { toRedisError } from './redis-error.js';
export { RedisScript } from './redis-script.js';
export type { MessageListener, RedisSubscriber } from './redis-subscriber.js';
export { parseRedisUrl, type RedisEndpoint, type RedisNode } from './redis-url.js';
