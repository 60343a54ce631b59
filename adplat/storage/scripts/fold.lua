-- Stores arm statistics, shared sums and user vectors, puts aside what cannot be read, keeps touches and waiting
-- conversions and moves the position, if it still stands where the caller believes. Arms and sums come as the caller
-- added them up: what they were was read after the position that is expected here, so nothing has come between.
-- KEYS: position, arms, stream of unreadable entries, arms by the number of the fold that changed them last, number of
--       folds, waiting conversions, what was told of them, shared sums, one key for each touch, one for each user vector.
-- ARGV: expected position, new position, number of arms, of unreadable entries, of touches, of waiting conversions,
--       most touches of an owner, seconds to keep them, number of shared sums,
--       for each arm: creative id, packed statistics,
--       for each unreadable entry: its position, why it is unreadable, its fields (MessagePack),
--       for each touch: when it happened in microseconds, what it was,
--       for each waiting conversion: its position, when to look at it in ms, event payload, decision payload or empty,
--       for each shared sum: its name, packed numbers,
--       for each user key: its packed vector.
-- Answers 1 when folded, 0 (nothing changed) when the position is another one.
if (redis.call('GET', KEYS[1]) or '0-0') ~= ARGV[1] then
  return 0
end
local at = 10
local fold = redis.call('INCR', KEYS[5])
for _ = 1, tonumber(ARGV[3]) do
  redis.call('HSET', KEYS[2], ARGV[at], ARGV[at + 1])
  redis.call('ZADD', KEYS[4], fold, ARGV[at])
  at = at + 2
end
for _ = 1, tonumber(ARGV[4]) do
  redis.call('XADD', KEYS[3], '*', 'position', ARGV[at], 'reason', ARGV[at + 1], 'entry', ARGV[at + 2])
  at = at + 3
end
local users = 9 + tonumber(ARGV[5])
for number = 9, users - 1 do
  redis.call('ZADD', KEYS[number], ARGV[at], ARGV[at + 1])
  redis.call('ZREMRANGEBYRANK', KEYS[number], 0, -1 - tonumber(ARGV[7]))
  redis.call('EXPIRE', KEYS[number], ARGV[8])
  at = at + 2
end
for _ = 1, tonumber(ARGV[6]) do
  redis.call('ZADD', KEYS[6], ARGV[at + 1], ARGV[at])
  redis.call('HSET', KEYS[7], ARGV[at], ARGV[at + 2])
  if ARGV[at + 3] ~= '' then
    redis.call('HSET', KEYS[7], ARGV[at] .. ':decision', ARGV[at + 3])
  end
  at = at + 4
end
for _ = 1, tonumber(ARGV[9]) do
  redis.call('HSET', KEYS[8], ARGV[at], ARGV[at + 1])
  at = at + 2
end
for number = users, #KEYS do
  redis.call('SET', KEYS[number], ARGV[at + number - users])
end
redis.call('SET', KEYS[1], ARGV[2])
return 1
