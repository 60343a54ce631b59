"""What a creative is about: subjects that many places do not show, or show to grown-ups only.

Meanings are held against sentences that stand for each subject, Chinese and English alike, by a learned encoder. It can
send a creative to a person and does no more.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from adplat.domain import Objection, Weight
from adplat.review.eyes import Eyes
from adplat.review.rule import Rule
from adplat.review.spoken import everything, quoted
from adplat.review.subject import Subject

_SUBJECTS: Mapping[str, tuple[str, ...]] = {
    "gambling": (
        "online casino slots and poker with real money", "bet on sports and win big", "place your bets at our casino",
        "lottery jackpot tickets", "网上赌场老虎机和扑克", "体育博彩下注赢大钱", "彩票大奖", "在线赌博",
    ),
    "alcohol": (
        "whisky, vodka and beer delivered to your door", "enjoy our craft beer", "a bottle of red wine for the evening",
        "cocktails with gin and rum", "白酒啤酒送货上门", "品尝精酿啤酒", "一瓶红酒", "威士忌和伏特加",
    ),
    "tobacco": (
        "cigarettes and cigars", "e-cigarette vape with nicotine", "smoke the new vape flavour", "香烟和雪茄", "电子烟尼古丁", "新口味电子烟烟弹",
    ),
    "drugs": (
        "buy cannabis and weed online", "cocaine and illegal drugs", "thc gummies to get high", "prescription pills without a prescription",
        "购买大麻", "毒品可卡因", "无需处方购买处方药",
    ),
    "weapons": (
        "guns, rifles and ammunition for sale", "buy a handgun", "assault rifle accessories", "combat knives and firearms",
        "出售枪支弹药", "购买手枪", "步枪配件", "军用刀具和枪械",
    ),
    "adult": (
        "hot girls want to meet you tonight for sex", "adult porn videos", "escort service", "sex toys for your pleasure",
        "成人色情视频", "美女今晚约炮", "情趣用品性玩具", "上门陪侍服务",
    ),
    "violence": (
        "a man was brutally murdered", "terrorist bomb attack kills dozens", "bloody fight with many dead", "torture and execution video",
        "残忍谋杀", "恐怖袭击炸死多人", "血腥打斗多人死亡", "酷刑和处决视频",
    ),
    "hate": (
        "these foreigners are vermin and must be driven out", "one race is superior to the others", "we hate that religion and its followers",
        "外国人都滚出去", "某个种族低人一等", "我们仇恨那个宗教的信徒",
    ),
}  # fmt: skip
# What ads are about most of the time. A text must be nearer to a barred subject than to all of these.
_HARMLESS = (
    "running shoes for every day", "a warm coat for winter", "fresh coffee for your morning", "headphones with long battery life",
    "organic vegetables delivered", "soft cotton bedding", "learn a language with short lessons", "toys for children", "skin care cream",
    "kitchen knives and pans", "a sports bottle for water", "tickets for a concert", "holiday by the sea", "fruit juice and soft drinks",
    "a news story that moves people", "a video game about adventures", "日常跑步鞋", "冬天的保暖外套", "新鲜咖啡", "长续航耳机", "有机蔬菜配送", "纯棉床品",
    "学习外语", "儿童玩具", "护肤霜", "厨房刀具和锅", "运动水壶", "海边度假", "果汁饮料", "冒险游戏",
)  # fmt: skip
_PROTOTYPES = tuple(text for texts in _SUBJECTS.values() for text in texts)
_OWNERS = tuple(subject for subject, texts in _SUBJECTS.items() for _ in texts)
_NEAR, _NEARER_BY = 0.50, 0.08


def look(subject: Subject, eyes: Eyes) -> Iterator[Objection]:
    """Each text by the subject it is nearest to."""
    for spoken in everything(subject, eyes):
        if len(spoken.plain) < 4:
            continue
        near = eyes.nearness(spoken.plain, _PROTOTYPES)
        best = int(np.argmax(near))
        score = float(near[best])
        if score < _NEAR or score < float(eyes.nearness(spoken.plain, _HARMLESS).max()) + _NEARER_BY:
            continue
        yield RULE.objection(
            Weight.HOLD,
            f"{spoken.part} seems to be about {_OWNERS[best]} ({score:.2f}): {quoted(spoken.plain)}",
            "have a person decide where it may run",
            {"nearness": round(score, 4)},
        )


RULE = Rule("safety.category", "what is about gambling, alcohol, drugs and the like is seen by a person first", look)
