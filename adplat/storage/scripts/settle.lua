-- Gives waiting conversions their credit: each goes on the stream once more, and waits no longer.
-- KEYS: waiting conversions, what was told of them, stream.
-- ARGV: prefix of decisions, then for each conversion: its position, credit, decision id or empty.
-- Answers how many were settled now. One whose decision was forgotten a moment ago goes on waiting.
local settled = 0
for at = 2, #ARGV, 3 do
  local event, decision = unpack(redis.call('HMGET', KEYS[2], ARGV[at], ARGV[at] .. ':decision'))
  if event then
    local names_none = not decision and ARGV[at + 2] == ''
    if not decision then
      local stored = redis.call('GET', ARGV[1] .. ARGV[at + 2])
      if stored then
        local _, told = whose_and_decision(stored)
        decision = told
      end
    end
    if decision or names_none then
      redis.call('ZREM', KEYS[1], ARGV[at])
      redis.call('HDEL', KEYS[2], ARGV[at], ARGV[at] .. ':decision')
      if decision then
        redis.call('XADD', KEYS[3], '*', 'decision', decision, 'event', event, 'credit', ARGV[at + 1])
      else
        redis.call('XADD', KEYS[3], '*', 'event', event, 'credit', ARGV[at + 1])
      end
      settled = settled + 1
    end
  end
end
return settled
