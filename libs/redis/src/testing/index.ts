export { FaultyRedis } from './faulty-redis.js';
