-- Arm statistics that folds changed after a given one, and how many folds there were; of the first fold on, all.
-- KEYS: arms, arms by the number of the fold that changed them last, number of folds.
-- ARGV: number of the fold that the caller knows, 0 for none; above ours it is that of another server.
-- Answers the number of folds, 1 where all arms follow, then field, value, field, value.
local folds = tonumber(redis.call('GET', KEYS[3]) or '0')
local since = tonumber(ARGV[1])
if since == 0 or since > folds then
  local all = redis.call('HGETALL', KEYS[1])
  table.insert(all, 1, 1)
  table.insert(all, 1, folds)
  return all
end
local answer = {folds, 0}
for _, arm in ipairs(redis.call('ZRANGEBYSCORE', KEYS[2], '(' .. since, '+inf')) do
  for _, name in ipairs({'impressions', 'clicks', 'conversions', 'expected_clicks', 'value_micros'}) do
    local field = arm .. ':' .. name
    answer[#answer + 1] = field
    answer[#answer + 1] = redis.call('HGET', KEYS[1], field)
  end
end
return answer
