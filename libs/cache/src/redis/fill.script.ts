import { RedisScript } from '@slipstream/redis';

/**
 * KEYS[1] value, KEYS[2] lock; ARGV position of the load, text, TTL in ms, the lock's token. A value that was loaded
 * after a later purge stays. @returns 1 if stored
 */
export const FILL = new RedisScript(`
local stored = redis.pcall('GETRANGE', KEYS[1], 0, 20)
local position = type(stored) == 'string' and tonumber(string.match(stored, '^"(%d+) '))
if redis.call('GET', KEYS[2]) == ARGV[4] then redis.call('DEL', KEYS[2]) end
if position and position > tonumber(ARGV[1]) then return 0 end
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
return 1
`);

/** KEYS[1] lock; ARGV its owner's token. */
export const UNLOCK = new RedisScript(`
if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) end
`);
