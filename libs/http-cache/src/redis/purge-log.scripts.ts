import { RedisScript } from '@slipstream/redis';

/*
 * The log of purges: a hash with the name of its life and the number of the last purge, and a stream of the purges by their number.
 * A life begins where there is no hash, so that a log that was lost is never taken for the one before.
 */

/** KEYS[1] hash; ARGV a name for a new life, how long an unused log is kept in ms. @returns life, last number */
export const OPEN_LOG = new RedisScript(`
if redis.call('HSETNX', KEYS[1], 'life', ARGV[1]) == 1 then redis.call('HSET', KEYS[1], 'last', 0) end
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return redis.call('HMGET', KEYS[1], 'life', 'last')
`);

/** KEYS[1] hash, KEYS[2] stream; ARGV a name for a new life, how long an unused log is kept in ms, the purge, how many are kept. @returns life, number */
export const APPEND_PURGE = new RedisScript(`
if redis.call('HSETNX', KEYS[1], 'life', ARGV[1]) == 1 then
  redis.call('HSET', KEYS[1], 'last', 0)
  redis.call('DEL', KEYS[2])
end
local number = redis.call('HINCRBY', KEYS[1], 'last', 1)
redis.call('XADD', KEYS[2], 'MAXLEN', '~', ARGV[4], number .. '-0', 'purge', ARGV[3])
redis.call('PEXPIRE', KEYS[1], ARGV[2])
redis.call('PEXPIRE', KEYS[2], ARGV[2])
return { redis.call('HGET', KEYS[1], 'life'), number }
`);
