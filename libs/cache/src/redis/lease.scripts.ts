import { RedisScript } from '@slipstream/redis';

/*
 * Leases, after "Scaling Memcache at Facebook" (NSDI 2013, section 3.2.1). The lease itself stands for "not invalidated since", and all
 * who load at the same time share it; the lock beside it says who leads, so that the others wait.
 */

/** KEYS[1] lease, KEYS[2] lock; ARGV a token, the lease's life and the lock's, in ms. @returns the token of the key's lease, which may be another's; 1 when the lock is ours */
export const TAKE_LEASE = new RedisScript(`
redis.call('SET', KEYS[1], ARGV[1], 'NX')
redis.call('PEXPIRE', KEYS[1], ARGV[2])
local leads = redis.call('SET', KEYS[2], ARGV[1], 'NX', 'PX', ARGV[3])
return { redis.call('GET', KEYS[1]), leads and 1 or 0 }
`);

/** KEYS[1] value, KEYS[2] lease, KEYS[3] lock; ARGV token, text, TTL in ms. @returns 1 when stored, 0 when the lease has ended */
export const FILL = new RedisScript(`
if redis.call('GET', KEYS[2]) ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
redis.call('DEL', KEYS[3])
return 1
`);

/** KEYS[1] lock; ARGV its owner's token. */
export const UNLOCK = new RedisScript(`
if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) end
`);

/** KEYS value, lease and lock; ARGV channel, message. Who hears the message and then reads finds nothing older, for both happen at once. */
export const INVALIDATE = new RedisScript(`
redis.call('DEL', unpack(KEYS))
redis.call('PUBLISH', ARGV[1], ARGV[2])
`);
