export { FaultyRedis } from './faulty-redis.js';
export { PrivateRedis } from './private-redis.js';
export { PrivateRedisCluster } from './private-redis-cluster.js';
