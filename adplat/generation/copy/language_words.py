"""Which words a sentence may hold that no fact holds: such as claim nothing.

The lists are short on purpose. A word that is missing costs a sentence, one too many lets a claim through: ``new``,
``easy``, ``comfort`` or ``quality`` say something of a product, and stand here only as claims.
"""

from __future__ import annotations


def _words(prose: str) -> frozenset[str]:
    return frozenset(prose.split())


NEUTRAL_ENGLISH = _words(
    """
    a an the this that these those its it you your yours we our us they their is are be has have with for to of on in
    at by from into onto as and or so when where while every each day days morning evening night week weekend
    city town street road home outside inside way step steps life moment
    meet discover see look find get shop try wear walk run go come take bring carry keep start begin enjoy explore
    choose pick add pack put let make use know here there today now out up along ready next own get
    featuring comes made store shop
    """
)
NEUTRAL_CHINESE = _words(
    """
    认识一下 来看看 看看 来看 遇见 走近 带上 穿上 就选 选择 出门 出发 上路 一起 每天 每一天 今天 日常 生活 你的 我们
    我们的 这款 这双 这件 这个 来自 带来 拥有 采用 带回家 了解 发现 体验 陪你 为你 让你 给你 从此
    从 的 了 在 和 与 你 我 也 就 都 让 为 有 是 把 给 到 来 去 看 穿 用 选 请 吧 呢
    """
)
# Only these may stand between the words of a fact: ``all`` or ``every`` there would make it say more.
JOINING_ENGLISH = _words("a an the of in on with is are and to for its your from at made that it")
CLAIMS_ENGLISH = _words(
    """
    best better greatest finest top leading leader ultimate unbeatable perfect perfectly perfection ideal guaranteed
    guarantee cheapest lowest fastest strongest lightest softest most only always never unique exclusive revolutionary
    proven certified award winning premium luxury luxurious quality superior amazing incredible awesome stunning free
    new newest latest limited hurry last save sale discount deal comfortable comfort durable durability innovative
    stylish style safe healthy natural sustainable eco official original authentic trusted favorite favourite popular
    world first one number excellent great good beautiful
    """
)
CLAIMS_CHINESE = (
    "最",
    "第一",
    "唯一",
    "顶级",
    "极致",
    "完美",
    "保证",
    "永久",
    "免费",
    "独家",
    "首选",
    "全网",
    "国家级",
    "绝对",
)
# These change what the words beside them say, so that they must stand as they stand in the fact.
BOUND_ENGLISH = _words(
    "no not without free only less more most never off up to under over first best top new non zero half double"
)
REFUSALS = (
    "i cannot",
    "i can't",
    "i can’t",
    "i'm sorry",
    "i’m sorry",
    "i am sorry",
    "as an ai",
    "language model",
    "i'm unable",
    "unable to",
    "sorry, but",
    "here is",
    "here are",
    "here's",
    "sure,",
    "of course",
    "certainly",
    "assistant",
    "smollm",
    "hugging face",
    "抱歉",
    "作为一个",
    "作为人工智能",
    "语言模型",
    "我无法",
    "我不能",
    "以下是",
    "好的，",
    "当然",
)
UNITS = {
    "gram": "g",
    "grams": "g",
    "gramme": "g",
    "kilogram": "kg",
    "kilograms": "kg",
    "hour": "h",
    "hours": "h",
    "minute": "min",
    "minutes": "min",
    "percent": "%",
    "metre": "m",
    "metres": "m",
    "meter": "m",
    "meters": "m",
    "litre": "l",
    "litres": "l",
    "liter": "l",
    "liters": "l",
}
