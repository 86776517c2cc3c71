import { RedisScript } from '@slipstream/redis';

/*
 * Leases, after "Scaling Memcache at Facebook" (NSDI 2013, section 3.2.1), except that all who load at the same time share
 * one: it stands for "not invalidated since", not for "you load, the others wait".
 */

/** KEYS[1] lease; ARGV a token, the lease's life in ms. @returns the token of the key's lease, which may be another's */
export const TAKE_LEASE = new RedisScript(`
redis.call('SET', KEYS[1], ARGV[1], 'NX')
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return redis.call('GET', KEYS[1])
`);

/** KEYS[1] value, KEYS[2] lease; ARGV token, text, TTL in ms. @returns 1 when stored, 0 when the lease has ended */
export const FILL = new RedisScript(`
if redis.call('GET', KEYS[2]) ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
return 1
`);
