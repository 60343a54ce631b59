-- Puts an event on the stream together with its decision, so that whoever reads it needs no look-up.
-- KEYS: decision, event, stream.  ARGV: event payload, seconds to remember the event id.
-- Answers 1 accepted, 0 duplicate, -1 unknown decision (which leaves the event id unused).
local stored = redis.call('GET', KEYS[1])
if not stored then
  return -1
end
local _, decision = whose_and_decision(stored)
if not redis.call('SET', KEYS[2], '1', 'NX', 'EX', ARGV[2]) then
  return 0
end
redis.call('XADD', KEYS[3], '*', 'decision', decision, 'event', ARGV[1])
return 1
