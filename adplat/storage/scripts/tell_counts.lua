-- Adds what a writer counted since it last told, once however often it is sent, and replaces what it says of itself.
-- KEYS: counts, states, numbers told.
-- ARGV: writer, number of this telling, state, then for each series: field, amount.
-- Answers 1 added, 0 known already.
redis.call('HSET', KEYS[2], ARGV[1], ARGV[3])
local last = redis.call('HGET', KEYS[3], ARGV[1])
if last and tonumber(last) >= tonumber(ARGV[2]) then
  return 0
end
redis.call('HSET', KEYS[3], ARGV[1], ARGV[2])
for place = 4, #ARGV, 2 do
  redis.call('HINCRBY', KEYS[1], ARGV[place], ARGV[place + 1])
end
return 1
