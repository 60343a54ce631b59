"""Guarantees: results promised, money back, no risk."""

from __future__ import annotations

from adplat.review.claims import claims_look, claims_say, finder
from adplat.review.rule import Rule

find = finder(
    {
        "money_back": r"\bmoney[ -]?back\b|\bfull refunds?\b|\bor your money\b|\brefund guaranteed?\b"
        r"|无效退款|不满意(?:就|全额|可|包)?退|全额退款|假一赔[十百]|(?<!不)包退",
        "warranty": r"\bwarrant(?:y|ies)\b|质保|保修|终身保",
        "guaranteed": r"\bguarante\w+|\bwe promise\b|\bpromised results?\b|保证(?!金)|承诺|(?<!面)(?<!书)(?<!钱)包(?:治|过|会|赢|赚|满意)",
        "no_risk": r"\brisk[ -]free\b|\b(?:no|zero) risks?\b|\bwithout (?:any )?risk\b|\bnothing to lose\b|零风险|无风险|稳赚不赔|保本",
        "certain": r"\b(?:never|cannot|can't) fails?\b|\balways works\b|\bfoolproof\b|\b100 ?% (?:safe|effective|satisf\w+|success\w*|secure)\b"
        r"|\bsatisfaction or\b|\bworks every time\b|\bno side[ -]effects?\b"
        r"|(?:百分(?:之)?百|100 ?%)(?:有效|安全|满意|成功|见效)|绝对(?:有效|安全|不|能|可以)|万无一失|永不|一定(?:有效|成功|见效)|无(?:任何)?副作用",
    }
)

RULE: Rule = Rule(
    "claims.guarantees",
    "every guarantee rests on a fact",
    claims_look(lambda: RULE, find),
    claims_say("a guarantee", "leave it out, or add the fact with its terms"),
)
