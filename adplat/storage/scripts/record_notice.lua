-- Puts an event on the stream with its decision, together with what it does to that bid's money and exposure.
-- KEYS: decision, event, stream, placed, reservations.
-- ARGV: decision id, kind, event payload, seconds to remember, when it happened in ms, price in micros,
--       oldest showing that still counts in ms, most showings of a user, seconds to keep them,
--       money prefix, seconds to keep a day's money, prefix of expected showings, prefix of confirmed showings,
--       prefix of money spent, who reports or empty, advertisers of that caller (MessagePack) or empty.
-- Answers 1 accepted, 0 duplicate, -1 unknown decision or not the caller's, -2 a win or billing above the bid (both
-- leave the event id unused).
-- The empty decision id is of a conversion that names a user: it goes on the stream alone.
local kind = ARGV[2]
if ARGV[1] == '' and kind == 'conversion' then
  if not redis.call('SET', KEYS[2], '1', 'NX', 'EX', ARGV[4]) then
    return 0
  end
  redis.call('XADD', KEYS[3], '*', 'event', ARGV[3])
  return 1
end
local stored = redis.call('GET', KEYS[1])
if not stored then
  return -1
end
local is_notice = kind == 'win' or kind == 'billing' or kind == 'loss'
local whose, decision = whose_and_decision(stored)
if not may_report(whose, ARGV[15], ARGV[16], is_notice) then
  return -1
end
local bid = redis.call('HMGET', KEYS[4], 'state', 'micros', 'names', 'user', 'showing')
local state, micros, names, user, showing = unpack(bid)
if is_notice and not state then
  return -1
end
if kind == 'billing' and state == 'settled' then
  return 0
end
-- What was reserved is what was bid: more than that no auction can have cost. What counted already is a duplicate,
-- whatever price it is repeated with.
if (kind == 'win' or kind == 'billing') and tonumber(ARGV[6]) > tonumber(micros) then
  return redis.call('EXISTS', KEYS[2]) == 1 and 0 or -2
end
if kind == 'billing' or kind == 'loss' then
  check_money(ARGV[10], names)
  check_money(ARGV[14], names)
end
if not redis.call('SET', KEYS[2], '1', 'NX', 'EX', ARGV[4]) then
  return 0
end

local function end_reservation(now)
  redis.call('HSET', KEYS[4], 'state', now)
  redis.call('EXPIRE', KEYS[4], ARGV[4])
  redis.call('ZREM', KEYS[5], ARGV[1])
  if user ~= '' then
    redis.call('ZREM', ARGV[12] .. user, showing)
  end
end

if kind == 'billing' then
  if state == 'open' then
    take_money(ARGV[10], names, micros)
  end
  add_money(ARGV[10], names, ARGV[6], ARGV[11])
  add_money(ARGV[14], names, ARGV[6], ARGV[11])
  end_reservation('settled')
elseif kind == 'loss' and state == 'open' then
  take_money(ARGV[10], names, micros)
  end_reservation('released')
end

if (kind == 'billing' or kind == 'impression') and state and user ~= '' then
  local confirmed = ARGV[13] .. user
  redis.call('ZREM', ARGV[12] .. user, showing)
  -- Billed and shown are one showing; the later of the two times keeps a cap the longer.
  redis.call('ZADD', confirmed, 'GT', ARGV[5], showing)
  redis.call('ZREMRANGEBYSCORE', confirmed, '-inf', ARGV[7])
  bound_exposures(confirmed, ARGV[8], ARGV[9])
end

if is_notice and redis.call('HSETNX', KEYS[4], 'outcome', kind) == 1 then
  redis.call('XADD', KEYS[3], '*', 'decision', decision, 'event', ARGV[3], 'outcome', '1')
else
  redis.call('XADD', KEYS[3], '*', 'decision', decision, 'event', ARGV[3])
end
return 1
