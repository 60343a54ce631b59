"""Superlatives: best, first, only, and everything in the highest degree. They need a fact with a proof."""

from __future__ import annotations

import re
from collections.abc import Iterator

from adplat.review.claims import Claim, claims_look, claims_say, finder
from adplat.review.rule import Rule

_KEYED = {
    "best": r"(?<!second )\bbest\b(?!\s+(?:regards|wishes|friends?|man|before|buy\b|western|practices?|when\b|by\s+\d|enjoyed|served|kept|stored|of luck))"
    r"|\bfinest\b|\bunbeatable\b|\bunrivall?ed\b|\bunmatched\b|\bunparalleled\b|\bsecond to none\b"
    r"|\b(?:nobody|no ?one|nothing) (?:else )?(?:makes|does|beats|comes close|compares|can match)\b|\blike no other\b|\bwithout equal\b|\bof all time\b"
    r"|\bpeerless\b|\bsuperior to (?:all|any|every)\b|\b(?:un|in)comparable\b"
    r"|最(?:好|佳|优|棒|完美|理想)|极致|极品|极佳|绝佳|顶级|顶尖|顶配|无与伦比|无可匹敌|无人能及|无敌|王牌|金牌|之王|王者|至尊|巅峰|绝版|无双|翘楚|鼎级|终极|一流|特级|首选",
    "first": r"(?<!\w)#\s?1\b|\bno\.?\s?1\b|\bnumber[ -]one\b|\bworld'?s first\b|\bleading\b(?!\s+(?:to|up|from|the way))"
    r"|\bmarket leader\b|\b(?:top|highest)[ -](?:rated|selling)\b|\bbest[ -]?sell\w+\b|\baward[ -]winning\b"
    r"|(?:销量|排名|行业|全国|全球|世界|品牌|口碑|全网|中国)第一|第一(?:品牌|名|选择)|TOP\s?1|首家|首创|首个|首席|冠军|销冠|领导者|领导品牌|领袖|领军|领先(?:品牌|地位|行业|全球|全国|世界)|(?:行业|全球|全国|世界|国际)领先|遥遥领先",
    "only": r"\bthe only\b(?! ones?\b)|\bone of a kind\b|\bworld'?s only\b|\bno other\b|唯一|独一无二|绝无仅有|独家|独有|填补(?:国内|国际|行业)?空白|不可复制",
    "ultimate": r"\bultimate\b|\bperfect\b(?!\s+(?:for|gift|fit|match|size|with|companion))|\bworld[ -]class\b"
    r"|国家级|世界级|全球级|宇宙级|国际级|国宝级|最高级|史上最|史无前例|前所未有|空前|绝后|完美无瑕|万能|永久有效",
    "favourite": r"\b(?:america|china|europe|britain|the world|nation)'?s? (?:most|favou?rite)\b|\bmost (?:trusted|loved|popular)\b"
    r"|全网最|全国最|全球最|世界最",
    "lowest_price": r"\b(?:lowest|cheapest|best) (?:ever )?prices?\b|\bcheapest\b|\bprices? (?:can't|cannot) be beaten\b|最低价|最便宜|最低折扣",
}
_BESIDES = r"\bat (?:its|your|their) best\b|\b(?:do|does|did|try|tried) (?:your|our|my|their) best\b"
_EST = re.compile(r"\b([a-z]{3,}?)(i?est)\b", re.IGNORECASE)
_MOST = re.compile(r"\b(?:the|world'?s|our) most ([a-z]{4,})\b", re.IGNORECASE)
_MOST_CHINESE = re.compile("最(?!近|后|终|初|新|爱|多(?:可|支持)|少(?:可|需)|大(?:化|限度)|小(?:化))([\u4e00-\u9fff])")
# Words in -est that compare nothing, and such as compare harmlessly (newest: a fact of the day it is said on).
_NOT = frozenset({
    "forest", "interest", "harvest", "honest", "modest", "earnest", "request", "digest", "invest", "protest",
    "contest", "manifest", "arrest", "attest", "detest", "suggest", "ingest", "quest", "guest", "chest", "crest",
    "priest", "nearest", "latest", "newest", "tempest", "northwest", "southwest", "midwest", "molest", "conquest",
    "bequest", "inquest", "behest", "vest", "wrest", "infest", "everest", "divest", "unrest", "backrest", "headrest",
    "armrest", "footrest", "dishonest", "immodest", "disinterest", "pinterest", "rainforest", "sternest", "earliest",
    "budapest", "bucharest",
})  # fmt: skip
# The same degree in both languages.
_DEGREES = {
    "快": "fast", "轻": "light", "薄": "thin", "强": "strong", "大": "large", "小": "small", "高": "high", "低": "low",
    "安": "safe", "静": "quiet", "软": "soft", "长": "long", "暖": "warm", "亮": "bright", "先": "most_advanced",
    "big": "large", "great": "best", "tini": "small", "cheap": "lowest_price", "便": "lowest_price", "好": "best",
    "佳": "best", "优": "best", "棒": "best",
}  # fmt: skip
_find_keyed = finder(_KEYED, _BESIDES)


def find(text: str) -> Iterator[Claim]:
    """Superlatives by what they raise."""
    yield from _find_keyed(text)
    for match in _EST.finditer(text):
        word, stem = match.group().lower(), match.group(1).lower()
        if word not in _NOT and word not in {"best", "finest", "cheapest", "lowest", "west", "east"} and len(stem) >= 3:
            doubled = len(stem) > 3 and stem[-1] == stem[-2] and stem[-1] not in "lsf"
            stem = stem[:-1] if doubled else stem
            yield Claim(_DEGREES.get(stem, stem), match.group())
    for match in _MOST.finditer(text):
        yield Claim(f"most_{match.group(1).lower()}", match.group())
    for match in _MOST_CHINESE.finditer(text):
        yield Claim(_DEGREES.get(match.group(1), match.group(1)), match.group())


RULE: Rule = Rule(
    "claims.superlatives",
    "every superlative rests on a fact that says where it is proven",
    claims_look(lambda: RULE, find, needs_proof=True),
    claims_say("a superlative", "say what is measured instead, or add the fact with its proof"),
)
