-- Makes a decision durable and puts it on the stream, once however often it is sent.
-- KEYS: decision, stream.  ARGV: payload, seconds to keep the decision, whose it is, and perhaps two more that may be
--       empty: the packed user, and what the decision was scored with.
-- Answers 1 when recorded now, 0 when it was recorded before (a retry after a lost answer).
if not redis.call('SET', KEYS[1], ARGV[3] .. ARGV[1], 'NX', 'EX', ARGV[2]) then
  return 0
end
local fields = {'decision', ARGV[1]}
for at, name in ipairs({'user', 'served'}) do
  if ARGV[3 + at] and ARGV[3 + at] ~= '' then
    fields[#fields + 1] = name
    fields[#fields + 1] = ARGV[3 + at]
  end
end
redis.call('XADD', KEYS[2], '*', unpack(fields))
return 1
