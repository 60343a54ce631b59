-- Makes a request's decisions durable, puts them on the stream, reserves their money and exposures, removes its mark.
-- KEYS: stream, reservations, and of a known user: open requests, expected showings (else twice the empty key),
--       then for each decision: decision, placed.
-- ARGV: request id, user key or empty, packed user or empty, money prefix,
--       seconds to keep a decision and a day's money, most showings of a user, seconds to keep them,
--       prefix of money booked,
--       then for each decision: id, payload, micros, money names (MessagePack), end of the reservation in ms, showing,
--       whose it is, what it was scored with or empty.
-- Answers how many of the decisions were new.
local user, day_ttl_s = ARGV[2], ARGV[6]
local new = 0
for number = 1, (#KEYS - 4) / 2 do
  local decision, placed = KEYS[3 + 2 * number], KEYS[4 + 2 * number]
  local at = 2 + 8 * number
  local payload, micros, names, ends, showing = ARGV[at + 1], ARGV[at + 2], ARGV[at + 3], ARGV[at + 4], ARGV[at + 5]
  if redis.call('EXISTS', decision) == 0 then
    check_money(ARGV[4], names)
    check_money(ARGV[9], names)
    redis.call('SET', decision, ARGV[at + 6] .. payload, 'EX', ARGV[5])
    new = new + 1
    add_money(ARGV[4], names, micros, day_ttl_s)
    add_money(ARGV[9], names, micros, day_ttl_s)
    redis.call('HSET', placed, 'state', 'open', 'micros', micros, 'names', names, 'user', user, 'showing', showing)
    redis.call('ZADD', KEYS[2], ends, ARGV[at])
    if user ~= '' then
      redis.call('ZADD', KEYS[4], ends, showing)
      bound_exposures(KEYS[4], ARGV[7], ARGV[8])
    end
    local fields = {'decision', payload}
    for name, value in pairs({user = ARGV[3], served = ARGV[at + 7]}) do
      if value ~= '' then
        fields[#fields + 1] = name
        fields[#fields + 1] = value
      end
    end
    redis.call('XADD', KEYS[1], '*', unpack(fields))
  end
end
if user ~= '' then
  redis.call('ZREM', KEYS[3], ARGV[1])
end
return new
