-- All that deciding needs, as it was at one moment, and the mark that this request is open.
-- KEYS: of a known user: packed vector (or empty: not to be read), open requests, expected showings, confirmed showings; of nobody: none.
-- ARGV: money prefix, money names (MessagePack), request id, now, end of the mark, length of the mark,
--       oldest showing that still counts; all times in ms.
-- Answers packed vector or nil, other open requests, expected showings, confirmed showings each followed by its time,
-- money: the last three as JSON lists.
local user, others, expected, confirmed = false, 0, '[]', '[]'
if #KEYS > 0 then
  user = KEYS[1] ~= '' and redis.call('GET', KEYS[1])
  redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', ARGV[4])
  redis.call('ZADD', KEYS[2], ARGV[5], ARGV[3])
  redis.call('PEXPIRE', KEYS[2], ARGV[6], 'NX')
  redis.call('PEXPIRE', KEYS[2], ARGV[6], 'GT')
  others = redis.call('ZCARD', KEYS[2]) - 1
  expected = '[' .. table.concat(redis.call('ZRANGE', KEYS[3], '(' .. ARGV[4], '+inf', 'BYSCORE'), ',') .. ']'
  confirmed = '['
    .. table.concat(redis.call('ZRANGE', KEYS[4], '(' .. ARGV[7], '+inf', 'BYSCORE', 'WITHSCORES'), ',')
    .. ']'
end
local names = cmsgpack.unpack(ARGV[2])
local amounts = {}
-- In parts: Lua's stack holds some thousand values.
for first = 1, #names, 1000 do
  local part = {}
  for place = first, math.min(first + 999, #names) do
    part[#part + 1] = ARGV[1] .. names[place]
  end
  for _, amount in ipairs(redis.call('MGET', unpack(part))) do
    amounts[#amounts + 1] = amount or '0'
  end
end
return { user, others, expected, confirmed, '[' .. table.concat(amounts, ',') .. ']' }
