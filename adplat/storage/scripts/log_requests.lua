-- Puts logged requests on the stream, one entry for all, without those that were logged this minute or the one before.
-- KEYS: stream, marks of this minute, marks of the minute before.
-- ARGV: seconds to keep marks, then for each request: mark, packed request.
-- Answers how many were new.
local fresh = {}
for at = 2, #ARGV, 2 do
  if redis.call('SISMEMBER', KEYS[3], ARGV[at]) == 0 and redis.call('SADD', KEYS[2], ARGV[at]) == 1 then
    fresh[#fresh + 1] = ARGV[at + 1]
  end
end
if #fresh > 0 then
  redis.call('EXPIRE', KEYS[2], ARGV[1])
  -- A MessagePack array with 16 bits for its length, and what was packed as it came.
  local head = string.char(220, math.floor(#fresh / 256), #fresh % 256)
  redis.call('XADD', KEYS[1], '*', 'requests', head .. table.concat(fresh))
end
return #fresh
