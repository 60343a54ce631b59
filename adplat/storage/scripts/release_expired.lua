-- Gives back the money and exposures of reservations whose time has passed.
-- KEYS: reservations.
-- ARGV: now in ms, at most how many, prefix of placed decisions, money prefix, prefix of expected showings,
--       seconds to remember.
-- Answers how many were given back.
local ended = redis.call('ZRANGE', KEYS[1], '-inf', ARGV[1], 'BYSCORE', 'LIMIT', '0', ARGV[2])
for _, decision_id in ipairs(ended) do
  local placed = ARGV[3] .. decision_id
  local micros, names, user, showing = unpack(redis.call('HMGET', placed, 'micros', 'names', 'user', 'showing'))
  take_money(ARGV[4], names, micros)
  redis.call('HSET', placed, 'state', 'released')
  redis.call('EXPIRE', placed, ARGV[6])
  redis.call('ZREM', KEYS[1], decision_id)
  if user ~= '' then
    redis.call('ZREM', ARGV[5] .. user, showing)
  end
end
return #ended
