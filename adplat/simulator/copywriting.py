"""The words of a creative, in Chinese and English, by the appeal that a headline makes.

The log and the catalogue hold the words only; which appeal they make is truth. No headline repeats
what is painted on a badge.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

APPEALS = ("plain", "thrift", "novelty", "social", "question", "craft", "hype", "mood")
EXAGGERATING = APPEALS.index("hype")

# {p} product, {b} brand; one row an appeal, one column a way to say it.
_HEADLINES: dict[str, dict[str, tuple[str, ...]]] = {
    "zh": {
        "plain": ("{b}{p}", "{b}官方{p}", "关于{b}{p}", "{p}，来自{b}"),
        "thrift": ("好{p}，花得少", "省下的钱留给自己", "{p}聪明买，更划算", "同样的{p}，更低的价", "精打细算选{p}"),
        "novelty": (
            "全新一代{p}登场",
            "{p}，从未这样设计",
            "今年第一款新{p}",
            "抢先体验新{p}",
            "换个新样子的{p}",
        ),
        "social": (
            "十万人选择的{p}",
            "朋友都在用的{p}",
            "口碑第一的{p}",
            "老顾客回购最多的{p}",
            "{p}，大家都说好",
        ),
        "question": (
            "还在找合适的{p}？",
            "你的{p}该换了吗？",
            "为什么他们都换了{p}？",
            "想要怎样的{p}？",
            "一款{p}能有多好？",
        ),
        "craft": (
            "{p}，每一针都讲究",
            "经得起时间的{p}",
            "匠心打磨的{p}",
            "{p}，细节看得见",
            "严选材料做{p}",
        ),
        "hype": ("史上最强{p}", "{p}改变你的一生", "全宇宙最好的{p}", "不买{p}后悔一辈子", "百分百满意的神级{p}"),
        "mood": ("慢下来，听风", "有些日子值得留白", "在人海里做自己", "愿你眼里有光", "生活，留一点诗意"),
    },
    "en": {
        "plain": ("{p} by {b}", "{b} {p}", "The {p} from {b}", "{b}: {p}"),
        "thrift": (
            "Good {p}, smaller bill",
            "Keep more of your money",
            "Smart buy: {p}",
            "Same {p}, lower price",
            "{p} that respect your wallet",
        ),
        "novelty": (
            "Meet the next generation of {p}",
            "{p}, redesigned from scratch",
            "The first new {p} this year",
            "Be early: the new {p}",
            "A fresh take on {p}",
        ),
        "social": (
            "The {p} 100,000 people chose",
            "Your friends already own these {p}",
            "Best reviewed {p}",
            "The {p} customers buy again",
            "Everyone recommends these {p}",
        ),
        "question": (
            "Still looking for the right {p}?",
            "Time to replace your {p}?",
            "Why did they all switch {p}?",
            "What should great {p} feel like?",
            "How good can {p} be?",
        ),
        "craft": (
            "{p} made with care",
            "{p} built to last",
            "Finished by hand: {p}",
            "Look closer at these {p}",
            "{p} from better materials",
        ),
        "hype": (
            "The most powerful {p} ever made",
            "{p} that will change your life",
            "The best {p} in the universe",
            "You will regret missing these {p}",
            "Unbelievable, perfect {p}",
        ),
        "mood": (
            "Slow down and listen",
            "Some days deserve silence",
            "Be yourself, quietly",
            "Where the light gets in",
            "A little poetry every day",
        ),
    },
}

BODIES = ("vague", "specific", "story")
_BODIES: dict[str, dict[str, tuple[str, ...]]] = {
    "zh": {
        "vague": ("品质生活，从这里开始。", "更好的选择，等你来。", "给你不一样的感觉。"),
        "specific": ("48小时发货，30天可退。", "三年质保，全国联保。", "门店与线上同价，当日出库。"),
        "story": ("我们用了两年，只做好一件事。", "从一间小工坊开始的故事。", "设计师每天自己也在用。"),
    },
    "en": {
        "vague": ("Quality living starts here.", "A better choice is waiting.", "Feel the difference."),
        "specific": (
            "Ships in 48 hours, returns for 30 days.",
            "Three-year warranty, serviced nationwide.",
            "Same price in store, sent the same day.",
        ),
        "story": (
            "Two years spent on doing one thing well.",
            "It began in a small workshop.",
            "Our designers use it every day.",
        ),
    },
}

CALLS = ("learn", "buy", "discover", "try")
_CALLS: dict[str, tuple[str, ...]] = {
    "zh": ("了解详情", "立即购买", "去看看", "马上体验"),
    "en": ("Learn more", "Buy now", "Discover", "Try it"),
}


@dataclass(frozen=True, slots=True)
class Words:
    """The words of one creative with their truth: indices into APPEALS, BODIES and CALLS."""

    headline: str
    body: str
    cta: str
    appeal: int
    body_kind: int
    call: int


def write_copy(language: str, product: str, brand: str, rng: np.random.Generator) -> Words:
    """Draw an appeal, a body and a call, and one way to say each."""
    appeal, body_kind, call = (int(rng.integers(len(kinds))) for kinds in (APPEALS, BODIES, CALLS))
    headlines = _HEADLINES[language][APPEALS[appeal]]
    bodies = _BODIES[language][BODIES[body_kind]]
    return Words(
        headline=headlines[int(rng.integers(len(headlines)))].format(p=product, b=brand),
        body=bodies[int(rng.integers(len(bodies)))],
        cta=_CALLS[language][call],
        appeal=appeal,
        body_kind=body_kind,
        call=call,
    )
