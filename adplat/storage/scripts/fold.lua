-- Adds arm statistics, stores user vectors, puts aside what cannot be read and moves the position, if it still stands
-- where the caller believes.
-- KEYS: position, arms, stream of unreadable entries, arms by the number of the fold that changed them last, number of
--       folds, one key for each user vector.
-- ARGV: expected position, new position, number of arms, number of unreadable entries,
--       for each arm: creative id, impressions, clicks, conversions, expected clicks, value micros,
--       for each unreadable entry: its position, why it is unreadable, its fields (MessagePack),
--       for each user key: its packed vector.
-- Answers 1 when folded, 0 (nothing changed) when the position is another one.
if (redis.call('GET', KEYS[1]) or '0-0') ~= ARGV[1] then
  return 0
end
local at = 5
local fold = redis.call('INCR', KEYS[5])
for _ = 1, tonumber(ARGV[3]) do
  local arm = ARGV[at]
  redis.call('HINCRBY', KEYS[2], arm .. ':impressions', ARGV[at + 1])
  redis.call('HINCRBY', KEYS[2], arm .. ':clicks', ARGV[at + 2])
  redis.call('HINCRBY', KEYS[2], arm .. ':conversions', ARGV[at + 3])
  redis.call('HINCRBYFLOAT', KEYS[2], arm .. ':expected_clicks', ARGV[at + 4])
  redis.call('HINCRBY', KEYS[2], arm .. ':value_micros', ARGV[at + 5])
  redis.call('ZADD', KEYS[4], fold, arm)
  at = at + 6
end
for _ = 1, tonumber(ARGV[4]) do
  redis.call('XADD', KEYS[3], '*', 'position', ARGV[at], 'reason', ARGV[at + 1], 'entry', ARGV[at + 2])
  at = at + 3
end
for number = 6, #KEYS do
  redis.call('SET', KEYS[number], ARGV[at + number - 6])
end
redis.call('SET', KEYS[1], ARGV[2])
return 1
