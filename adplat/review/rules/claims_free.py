"""Things given for nothing."""

from __future__ import annotations

from adplat.review.claims import claims_look, claims_say, finder
from adplat.review.rule import Rule

# What is left of ``free`` once these are blotted out costs nothing.
_OTHERWISE_FREE = (
    r"\b[\w]+-free\b|\bfree[ -](?:of\b(?! charge)|from|range|roaming|spirit\w*|time|standing|flow\w*|hand|wheel\w*|speech|press|dom|will|"
    r"space|fall|style|to\b|yourself|your)|\b(?:feel|set|break|live|breathe|sleep|roam|run|be|get|stay|move|walk|hands|you|them|us|it)"
    r" free\b|\b(?:cruelty|sugar|gluten|dairy|lactose|alcohol|fragrance|oil|bpa|paraben|sulfate|hassle|stress|worry|wrinkle|lint|duty|tax|"
    r"smoke|pain|guilt|fat|nut|caffeine|plastic|carbon|care|trouble|toxin|additive|error|ad|scent|phosphate|latex|nickel|rust|dust|"
    r"wire|cable|noise|risk|interest|maintenance|chemical|glare|odou?r) free\b|免(?:洗|疫|税|打孔|安装)"
)
find = finder(
    {
        "free_delivery": r"\bfree (?:\w+ )?(?:shipping|delivery|postage)\b|\b(?:ships|delivered|shipping) free\b|包邮|免运费|免邮|免费(?:配送|送货|快递)",
        "free_returns": r"\bfree (?:\w+ )?(?:returns?|exchanges?)\b|免费退(?:货|换)|退货免费",
        "free_trial": r"\bfree (?:[\w-]+ ){0,2}trial\b|\btry\b[\w ·'-]{0,24}\bfree\b|免费(?:试用|体验|试听|试吃)",
        "free_gift": r"\bfree (?:\w+ ){0,2}(?:gifts?|samples?|bonus|bags?|toys?|cases?|mugs?)\b|免费(?:送|赠|领)|赠送|白送|(?:好礼|礼品)相送|附赠|加赠|再送|下单即送|买就送",
        "free": r"\bfree\b|\b(?:at )?no (?:extra )?(?:cost|charge)\b|\bcomplimentary\b|\bon the house\b|\bcosts? nothing\b"
        r"|免费|零元|(?<![\d.])0\s?元|不要钱|不花(?:一分)?钱|分文不取",
    },
    _OTHERWISE_FREE,
)

RULE: Rule = Rule(
    "claims.free",
    "what is called free is free by a fact",
    claims_look(lambda: RULE, find),
    claims_say("something for nothing", "leave it out, or add the fact with its terms"),
)
