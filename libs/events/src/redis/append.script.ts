import { RedisScript } from '@slipstream/redis';

/**
 * Appends entries to a job's stream, renews its retention time, and publishes them to its followers, in one round trip.
 *
 * KEYS[1] stream; ARGV channel, retention in ms, id of the event that must be stored before the new ones (or an empty
 * text), then id and JSON of each event. Equal stored entries are skipped, so that an append of unknown outcome can be
 * repeated. Entries before the newest one are rejected. The message contains the id of the preceding entry, so that a
 * follower detects a missed message: pub/sub does not guarantee delivery.
 *
 * @returns 'ok', 'stale' or 'lost'
 */
export const APPEND = new RedisScript(`
local key, channel, retention, required = KEYS[1], ARGV[1], ARGV[2], ARGV[3]
local count = (#ARGV - 3) / 2
local function idOf(i) return ARGV[2 * i + 2] end
local function eventOf(i) return ARGV[2 * i + 3] end

local function isPast(a, b)
  local fenceA, sequenceA = string.match(a, '^(%d+)-(%d+)$')
  local fenceB, sequenceB = string.match(b, '^(%d+)-(%d+)$')
  fenceA, fenceB = tonumber(fenceA), tonumber(fenceB)
  return fenceA > fenceB or (fenceA == fenceB and tonumber(sequenceA) > tonumber(sequenceB))
end

local newest = redis.call('XREVRANGE', key, '+', '-', 'COUNT', 1)[1]
local top = newest and newest[1]
local first = 1

if required ~= '' and (not top or isPast(required, top)) then return 'lost' end

if top and not isPast(idOf(1), top) then
  local stored = redis.call('XRANGE', key, idOf(1), idOf(count))
  for i, entry in ipairs(stored) do
    if entry[1] ~= idOf(i) or entry[2][2] ~= eventOf(i) then return 'stale' end
  end
  first = #stored + 1
  if #stored == 0 or (first <= count and not isPast(idOf(first), top)) then return 'stale' end
end

local published = {}
for i = first, count do
  redis.call('XADD', key, idOf(i), 'event', eventOf(i))
  published[#published + 1] = '["' .. idOf(i) .. '",' .. eventOf(i) .. ']'
end
redis.call('PEXPIRE', key, retention)
if #published > 0 then
  local after = top and ('"' .. top .. '"') or 'null'
  redis.call('PUBLISH', channel, '{"after":' .. after .. ',"entries":[' .. table.concat(published, ',') .. ']}')
end
return 'ok'
`);
