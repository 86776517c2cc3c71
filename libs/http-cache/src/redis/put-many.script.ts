import { RedisScript } from '@slipstream/redis';

/** KEYS names; ARGV alternately bytes and TTL in ms of each. */
export const PUT_MANY = new RedisScript(`
for i, name in ipairs(KEYS) do redis.call('SET', name, ARGV[2 * i - 1], 'PX', ARGV[2 * i]) end
`);
