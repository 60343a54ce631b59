-- Arm statistics that folds changed after a given one, and how many folds there were; of the first fold on, all. The
-- sums that all arms share come every time.
-- KEYS: arms, arms by the number of the fold that changed them last, number of folds, shared sums.
-- ARGV: number of the fold that the caller knows, 0 for none; above ours it is that of another server.
-- Answers the number of folds, 1 where all arms follow, the shared sums as a list of name, numbers, …, then creative id,
-- packed statistics, creative id, …
local folds = tonumber(redis.call('GET', KEYS[3]) or '0')
local since = tonumber(ARGV[1])
local sums = redis.call('HGETALL', KEYS[4])
if since == 0 or since > folds then
  local all = redis.call('HGETALL', KEYS[1])
  table.insert(all, 1, sums)
  table.insert(all, 1, 1)
  table.insert(all, 1, folds)
  return all
end
local answer = {folds, 0, sums}
for _, arm in ipairs(redis.call('ZRANGEBYSCORE', KEYS[2], '(' .. since, '+inf')) do
  answer[#answer + 1] = arm
  answer[#answer + 1] = redis.call('HGET', KEYS[1], arm)
end
return answer
