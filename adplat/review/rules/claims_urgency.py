"""Urgency: a hurry, a shortage or a deadline that may not be true."""

from __future__ import annotations

from adplat.review.claims import claims_look, claims_say, finder
from adplat.review.rule import Rule

find = finder(
    {
        "shortage": r"\bonly (?:\d+|a few|one|two|three|ten) (?:\w+ )?(?:left|remain\w*|in stock|available)\b|\b(?:last|final) (?:few|pieces?|items?|units?|\d+)\b(?! (?:years?|days?|longer))"
        r"|\balmost (?:gone|sold out)\b|\bselling (?:out )?fast\b|\bgoing fast\b|\bwhile (?:supplies|stocks?|they) lasts?\b|\bbefore (?:it's|they're|it is|they are) gone\b"
        r"|\blow stock\b|\blimited (?:stock|quantit\w+|supply|edition|availability|places|seats)\b|\bonce (?:it's|they're) gone\b"
        r"|仅剩|只剩|最后\s?[\d一二三四五六七八九十]+\s?(?:件|个|台|套|名|份|席|双)|即将售罄|售完(?:即止|为止)|库存(?:告急|不多|有限)|限量|名额有限|手慢无|所剩无几",
        "deadline": r"\b(?:today|tonight|this weekend|this week) only\b|\b(?:ends?|expires?|closes?|ending|over) (?:today|tonight|tomorrow|at midnight|soon|in \d+|on \w+day|(?:this )?\w+day\b)"
        r"|\blast (?:chance|day|days|call|hours?|minutes?)\b(?!-)|\bfinal (?:hours?|days?|call|chance|week)\b|\blimited[ -]time\b|\bfor a (?:limited|short) time\b"
        r"|\bonly (?:until|till|\d+ (?:hours?|days?|minutes?))\b|\buntil midnight\b|\b(?:24|48|72)[ -]hours? (?:only|sale|deal|flash)\b|\bflash sale\b|\bcountdown\b"
        r"|最后(?:一天|一次|机会|[\d一二三]+天|[\d一二三]+小时)|限时|今[日天](?:截止|结束|限定|特[价惠])|仅限今|只限今|倒计时|截止今|即将(?:结束|截止|恢复原价)|秒杀|过期不候|仅此一[天次]",
        "hurry": r"\bhurry\b(?! up and)|\bact (?:now|fast|today)\b|\bdon'?t (?:miss|wait)\b|\b(?:now|today) or never\b|\bbefore it(?:'?s| is) too late\b|\bwithin the next (?:hour|\d+ (?:hours?|minutes?)|few)\b|\btime is running out\b|\brush\b(?= (?:now|to|in))"
        r"|\b(?:order|buy|claim|grab|call|book) (?:it |yours |this )?(?:right now|immediately|before)\b|\blast minute\b|\burgent\b"
        r"|(?:赶快|赶紧|快来|速来)(?:抢|下单|购买|行动|来|买|领)?|(?:马上|立刻)(?:抢|下单|行动)|抢购|疯抢|速抢|错过(?:再|不再|就|后悔|等)|不容错过|机不可失|再不(?:买|来|抢)|快抢",
    },
    r"\bin no hurry\b|\bwithout (?:a )?hurry\b",
)

RULE: Rule = Rule(
    "claims.urgency",
    "every hurry, shortage or deadline rests on a fact",
    claims_look(lambda: RULE, find),
    claims_say("urgency", "leave it out, or add the fact with its date or its stock"),
)
