import { RedisScript } from '@slipstream/redis';

/** KEYS[1] the tag's set; ARGV a key, the set's life in ms, its greatest size. A set that is full says so by an empty member, and means all. */
export const ADD_TAG = new RedisScript(`
if redis.call('SCARD', KEYS[1]) >= tonumber(ARGV[3]) then
  redis.call('DEL', KEYS[1])
  redis.call('SADD', KEYS[1], '')
end
redis.call('SADD', KEYS[1], ARGV[1])
if redis.call('PTTL', KEYS[1]) < tonumber(ARGV[2]) then redis.call('PEXPIRE', KEYS[1], ARGV[2]) end
`);

/** KEYS[1] the tag's set. @returns its keys, which it has no more: whoever adds one from now on adds it to a new set */
export const TAKE_TAG = new RedisScript(`
local keys = redis.call('SMEMBERS', KEYS[1])
redis.call('DEL', KEYS[1])
return keys
`);
