-- Makes a decision durable and puts it on the stream, once however often it is sent.
-- KEYS: decision, stream.  ARGV: payload, seconds to keep the decision, whose it is, and perhaps the packed user.
-- Answers 1 when recorded now, 0 when it was recorded before (a retry after a lost answer).
if not redis.call('SET', KEYS[1], ARGV[3] .. ARGV[1], 'NX', 'EX', ARGV[2]) then
  return 0
end
if ARGV[4] then
  redis.call('XADD', KEYS[2], '*', 'decision', ARGV[1], 'user', ARGV[4])
else
  redis.call('XADD', KEYS[2], '*', 'decision', ARGV[1])
end
return 1
