-- What the scripts that read a stored decision share: it is put before each of them.
-- Stored is whose it is, then the decision: 0xC1 (with which no MessagePack begins), the length of what follows in four
-- bytes, advertiser and caller (MessagePack), the decision. One from before callers were known is the decision alone.
local function whose_and_decision(stored)
  if string.byte(stored, 1) ~= 193 then
    return nil, stored
  end
  local a, b, c, d = string.byte(stored, 2, 5)
  local length = ((a * 256 + b) * 256 + c) * 256 + d
  return string.sub(stored, 6, 5 + length), string.sub(stored, 6 + length)
end

-- Whether a caller may report this of a decision. The empty caller is whoever: nobody's rights are asked for.
-- Of advertisers (MessagePack, empty: all of them) only those; and only what the caller itself was given, or nobody in
-- particular. What happened after the auction may also be told by one who was made for its advertiser by name.
local function may_report(whose, caller, advertisers, is_notice)
  if caller == '' then
    return true
  end
  local advertiser, given_to = nil, ''
  if whose then
    advertiser, given_to = unpack(cmsgpack.unpack(whose))
  end
  local is_named = false
  if advertisers ~= '' then
    for _, name in ipairs(cmsgpack.unpack(advertisers)) do
      is_named = is_named or name == advertiser
    end
    if not is_named then
      return false
    end
  end
  return given_to == caller or given_to == '' or (is_named and not is_notice)
end
