-- What the scripts of bidding share: it is put before each of them.
-- Money is counted below a prefix, by names that lie packed (MessagePack) with each placed decision. No arithmetic is
-- done in Lua, whose numbers are doubles: amounts are passed as text to INCRBY and DECRBY.
--
-- A script that fails is not undone. So what can fail, a counter that holds no number, is tried before anything changes.
local function check_money(prefix, packed)
  for _, name in ipairs(cmsgpack.unpack(packed)) do
    if redis.call('EXISTS', prefix .. name) == 1 then
      redis.call('INCRBY', prefix .. name, 0)
    end
  end
end

local function add_money(prefix, packed, amount, day_ttl_s)
  for _, name in ipairs(cmsgpack.unpack(packed)) do
    redis.call('INCRBY', prefix .. name, amount)
    if string.match(name, ':%d%d%d%d%d%d%d%d$') then
      redis.call('EXPIRE', prefix .. name, day_ttl_s)
    end
  end
end

-- A day that was forgotten meanwhile has nothing to give back.
local function take_money(prefix, packed, amount)
  for _, name in ipairs(cmsgpack.unpack(packed)) do
    if redis.call('EXISTS', prefix .. name) == 1 then
      redis.call('DECRBY', prefix .. name, amount)
    end
  end
end

-- Keeps the newest, no more than so many, for so long after the last change.
local function bound_exposures(key, most, ttl_s)
  redis.call('ZREMRANGEBYRANK', key, 0, -1 - most)
  redis.call('EXPIRE', key, ttl_s)
end
