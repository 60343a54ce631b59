"""Income: money promised for little work or as a sure return."""

from __future__ import annotations

from adplat.review.claims import claims_look, claims_say, finder
from adplat.review.rule import Rule

_MONEY = r"(?:[$€£¥￥]\s?\d[\d,.]*k?|\d[\d,.]*k? ?(?:dollars|euros|pounds|usd|a (?:day|week|month))|thousands|millions|six figures|cash|money|extra income)"
find = finder(
    {
        "income": rf"\b(?:earn|earning|make|making)\b[\w ,'-]{{0,20}}?{_MONEY}(?!\s+(?:go further|back))"
        r"|\b(?:get|become|getting) rich\b|\b(?:six|seven)[ -]figures?\b|\bpassive income\b|\bfinancial freedom\b|\bquit your (?:day )?job\b"
        r"|\bwork from home and (?:earn|make)\b|\bmillionaires?\b|\bside[ -]hustle that pays\b|\beasy money\b|\bfast cash\b"
        r"|[月日年]入(?:过|上)?\s?[\d一二三四五六七八九十百千万]+|日赚|月赚|躺(?:赚|着赚|着收)|轻松(?:赚|挣)|稳赚|赚大钱|赚钱|暴富|发财|财富自由|财务自由|副业(?:增收|赚)|被动收入",
        "returns": r"\b(?:double|triple|multiply) your (?:money|savings|income|investment)\b|\b(?:guaranteed|high|sure) (?:returns?|profits?|yields?)\b"
        r"|\b\d+ ?% (?:returns?|profits?|yields?|interest a)\b|\binstant (?:loan )?approval\b"
        r"|高收益|高回报|高利息|年化(?:收益)?|收益率|(?:资产|本金|收入|收益)翻[倍番]|回报率|一本万利|零投入",
    }
)

RULE: Rule = Rule(
    "claims.income",
    "every promise of income or returns rests on a fact that says where it is proven",
    claims_look(lambda: RULE, find, needs_proof=True),
    claims_say("a promise of income", "leave it out, or add the fact with its proof"),
)
