import { RedisScript } from '../redis-script.js';

/*
 * The purge log: a hash with the epoch and the position of the last purge, and a stream of the purges by number. Each
 * entry has a random nonce, which reveals a log that went back and then grew again.
 *
 * An epoch belongs to one reign: the time of one server as primary between two restarts. The hash contains the reign
 * under which the epoch began. A replica that took over, a restarted server, and a server with another one's data have
 * a different reign.
 */

const REIGN = `
local function field(section, name)
  local info = redis.pcall('INFO', section)
  return type(info) == 'string' and string.match(info, name .. ':(%w+)') or 'unknown'
end
local reign = field('server', 'run_id') .. ':' .. field('replication', 'master_replid')
`;

/**
 * KEYS[1] hash, KEYS[2] stream; ARGV name and nonce for a new epoch, lifetime of an unused log in ms, and the state of
 * the caller: ordinal and name of its epoch, number and nonce of its last purge. Keeps the existing epoch if it belongs
 * to this reign and is newer than the caller's, or if it is the caller's and contains its last purge. Otherwise a new
 * one begins.
 * @returns ordinal, name
 */
export const OPEN_LOG = new RedisScript(`${REIGN}
local stored = redis.call('HMGET', KEYS[1], 'ordinal', 'name', 'reign')
local ordinal = tonumber(stored[1] or '0')
local known = tonumber(ARGV[4])
local function continues()
  if ordinal ~= known then return ordinal > known end
  if stored[2] ~= ARGV[5] then return false end
  local entry = redis.call('XRANGE', KEYS[2], ARGV[6] .. '-0', ARGV[6] .. '-0')[1]
  return entry and entry[2][2] == ARGV[7]
end
local name = stored[2]
if not (name and stored[3] == reign and redis.call('EXISTS', KEYS[2]) == 1 and continues()) then
  ordinal = math.max(ordinal, known) + 1
  name = ARGV[1]
  redis.call('DEL', KEYS[2])
  redis.call('XADD', KEYS[2], '1-0', 'nonce', ARGV[2])
  redis.call('HSET', KEYS[1], 'ordinal', ordinal, 'name', name, 'reign', reign, 'number', 1, 'nonce', ARGV[2])
end
redis.call('PEXPIRE', KEYS[1], ARGV[3])
redis.call('PEXPIRE', KEYS[2], ARGV[3])
return { ordinal, name }
`);

/**
 * KEYS[1] hash, KEYS[2] stream; ARGV name of the epoch, nonce, purge, number of kept entries, lifetime of an unused log
 * in ms, channel.
 * @returns number of the purge and nonce of the preceding one; nothing if the epoch differs
 */
export const APPEND_PURGE = new RedisScript(`
local stored = redis.call('HMGET', KEYS[1], 'name', 'number', 'nonce')
if stored[1] ~= ARGV[1] then return {} end
local number = tonumber(stored[2]) + 1
redis.call('XADD', KEYS[2], 'MAXLEN', '~', ARGV[4], number .. '-0', 'nonce', ARGV[2], 'purge', ARGV[3])
redis.call('HSET', KEYS[1], 'number', number, 'nonce', ARGV[2])
redis.call('PEXPIRE', KEYS[1], ARGV[5])
redis.call('PEXPIRE', KEYS[2], ARGV[5])
redis.call('PUBLISH', ARGV[6], table.concat({ ARGV[1], number, stored[3], ARGV[2], ARGV[3] }, ' '))
return { number, stored[3] }
`);

/**
 * KEYS[1] hash; ARGV channel, mark of the heartbeat. Published by the server that has the log, so that a heartbeat
 * follows all earlier purges. The epoch is `-` if it belongs to another reign.
 */
export const BEAT = new RedisScript(`${REIGN}
local stored = redis.call('HMGET', KEYS[1], 'name', 'number', 'nonce', 'reign')
local name = stored[4] == reign and stored[1] or '-'
redis.call('PUBLISH', ARGV[1], table.concat({ ARGV[2], name, stored[2] or 0, stored[3] or '-' }, ' '))
`);
