"""Housing, employment, finance and politics must be declared: their targeting is limited by law and by the networks."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from adplat.domain import Objection, SpecialCategory, Weight
from adplat.review.eyes import Eyes
from adplat.review.rule import Rule, Saying
from adplat.review.spoken import everything, quoted
from adplat.review.subject import Subject

_SIGNS: Mapping[SpecialCategory, re.Pattern[str]] = {
    category: re.compile(pattern, re.IGNORECASE)
    for category, pattern in {
        SpecialCategory.HOUSING: r"\b(?:apartments?|flats?|houses?|homes?|condos?|studios?|rooms?|townhouses?|villas?)\b[\w ,'-]{0,16}?\b(?:for|to) (?:rent|sale|let|lease)\b"
        r"|\b(?:rent|lease|buy|own) (?:your |a |an |this )?(?:first |new |dream |own |luxury )?(?:apartment|flat|home|house|condo)s?\b|\b(?:\d|one|two|three|four)[ -]bed(?:room)? (?:apartments?|flats?|homes?|houses?|condos?|units?)\b"
        r"|\breal estate\b|\bopen house\b|\b(?:move-in ready|new-build) (?:homes?|apartments?)\b|\bhome loans?\b|\bmortgages?\b|租房|出租|整租|合租|楼盘|新盘|买房|购房|卖房|二手房|学区房|首付|精装(?:房|三居|两居)|公寓(?:出售|出租|在售|认购)|别墅(?:出售|在售)|房贷",
        SpecialCategory.EMPLOYMENT: r"\b(?:now|we(?:'re| are)|currently|is|are) (?:hiring|recruiting)\b|\bjoin (?:our|the) (?:\w+ )?team\b|\b(?:apply|openings?|vacanc\w+) (?:for|as) (?:a |an )?[\w -]{3,30}? ?(?:job|position|role|driver|nurse|engineer|cashier|manager|developer|cook|teacher)s?\b"
        r"|\b(?:job|career) (?:openings?|fair|opportunit\w+|offers?|vacanc\w+|seekers?)\b|\bfull[ -]time (?:jobs?|positions?|roles?|drivers?)\b|\bpart[ -]time (?:jobs?|positions?|work)\b|\b(?:drivers?|nurses?|cooks?|cashiers?|engineers?|teachers?|developers?) wanted\b|\bstart your (?:new )?career\b|\bfind (?:your|a) (?:next |new |dream )?job\b"
        r"|招聘|诚聘|急聘|招募(?:员工|司机|店员)|招人|求职|找工作|应聘|高薪|月薪|年薪|包吃住|五险一金|兼职|入职|校招|社招",
        SpecialCategory.FINANCE: r"\b(?:personal|payday|car|auto|student|business|cash|instant|quick|consolidation) loans?\b|\bloans? (?:from|up to|of|with|approved|without)\b|\bcredit (?:cards?|score|report|line|repair|check)\b|\b\d+(?:\.\d+)? ?% ?apr\b|\bapr\b|\brefinanc\w+|\bdebt (?:relief|consolidation|settlement)\b"
        r"|\b(?:savings|bank|checking|brokerage|trading) accounts?\b|\b(?:life|health|car|auto|home) insurance\b|\binvest(?:ing|ment)? (?:in |account|fund|plan|app|today|from)|\b(?:stocks?|shares?|crypto\w*|bitcoin|forex|etfs?) (?:trading|investing|exchange|wallet)\b|\b(?:trade|buy) (?:stocks|crypto\w*|bitcoin|forex|shares)\b|\bbuy now,? pay later\b"
        r"|贷款|信用卡|借钱|借款|信贷|网贷|额度(?:最高|高达)|免息|利率|理财|基金|炒股|股票|期货|保险(?!柜|箱|杠|丝|套|带|起见)|比特币|投资(?:理财|项目|回报)|分期(?:付款|免息)",
        SpecialCategory.POLITICS: r"\bvote (?:for|yes|no|against|on|by)\b|\b(?:re-?)?elect [A-Z]\w+|\bfor (?:president|senate|senator|congress|governor|mayor|parliament|city council)\b|\b(?:senator|congressman|congresswoman|governor|mayor) [A-Z]\w+|\b(?:your|the|our) (?:senators?|congress(?:man|woman)?|governor|mayor|mp|representatives? in congress|elected officials?)\b|\b(?:the )?(?:election|ballot|referendum|midterms?|campaign trail)\b"
        r"|\b(?:democrats?|republicans?|conservatives? party|labour party|liberal party)\b|\b(?:gun control|abortion|immigration (?:reform|policy)|climate (?:bill|policy)|tax reform|border wall|death penalty|minimum wage)\b|\bsign the petition\b|\b(?:pass|stop|repeal|support) (?:the )?(?:bill|act|law|proposition)\b|\bproposition \d+|竞选|选举|投票(?:给|支持)|候选人|市长竞选|公投|请愿|议员|总统|政党",
    }.items()
}


def look(subject: Subject, eyes: Eyes) -> Iterator[Objection]:
    """Signs of a category that the campaign does not declare, in the copy; housing loans are either of two."""
    declared = subject.special_category
    for spoken in everything(subject, eyes):
        signs = {category: match for category, pattern in _SIGNS.items() if (match := pattern.search(spoken.plain))}
        if not signs or declared in signs or (declared is not None and declared is not SpecialCategory.NONE):
            continue
        category, match = next(iter(signs.items()))
        details = {"part": spoken.part, "category": category.value, "words": quoted(match.group())}
        if declared is None:
            yield RULE.objection(Weight.HOLD, "not_told", details)
        else:
            yield RULE.objection(Weight.FAIL, "declares_none", details)


RULE: Rule = Rule(
    "policy.special_category",
    "housing, employment, finance and politics are declared by the campaign",
    look,
    {
        "not_told": Saying(
            "{part} speaks of {category}, {words}, and nobody told what the campaign declares",
            "declare special_category: {category} in the campaign's brief, which limits its targeting",
        ),
        "declares_none": Saying(
            "{part} speaks of {category}, {words}, and the campaign declares none",
            "declare special_category: {category} in the campaign's brief, which limits its targeting",
        ),
    },
)
