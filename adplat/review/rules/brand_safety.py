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
        "online casino, slots and poker with real money", "sports betting and odds on tonight's match", "a bet on the game",
        "casino bonus and roulette", "lottery jackpot", "网上赌场，老虎机和扑克", "体育博彩和赔率", "彩票大奖", "赌博下注",
    ),
    "alcohol": (
        "whisky, vodka and beer", "a craft beer from our brewery", "bottles of red wine", "cocktails with gin and rum",
        "白酒和啤酒", "精酿啤酒", "红酒和葡萄酒", "威士忌和伏特加",
    ),
    "tobacco": ("cigarettes and cigars", "an e-cigarette with nicotine", "vape flavours", "香烟和雪茄", "电子烟和尼古丁", "电子烟口味"),
    "drugs": (
        "cannabis and weed", "cocaine, heroin and other illegal drugs", "thc gummies", "pills without a prescription",
        "大麻", "毒品和可卡因", "无需处方的处方药",
    ),
    "weapons": (
        "guns, rifles and ammunition", "a handgun with bullets", "assault rifle accessories", "firearms and combat knives",
        "枪支弹药", "手枪和子弹", "步枪配件", "军用枪械",
    ),
    "adult": (
        "hot girls who want sex tonight", "adult porn videos", "escort service", "sexy singles near you", "sex toys",
        "成人色情视频", "美女今晚约炮", "情趣用品", "上门陪侍",
    ),
    "violence": (
        "a man was brutally murdered", "a terrorist bomb kills dozens", "a bloody fight with many dead", "a video of torture",
        "残忍谋杀", "恐怖袭击炸死多人", "血腥打斗", "酷刑视频",
    ),
    "hate": (
        "foreigners are vermin and must be driven out", "one race is superior to others", "we hate that religion",
        "外国人都滚出去", "某个种族低人一等", "我们仇恨那个宗教",
    ),
}  # fmt: skip
# What ads say most of the time. A text must be nearer to a barred subject than to all of these.
_HARMLESS = (
    "shop now", "buy now", "learn more", "order today", "buy tea", "see the shoes", "find a set", "two for one", "a new flavour", "running shoes",
    "a warm coat for winter", "fresh coffee in the morning", "headphones with long battery life", "organic vegetables", "soft cotton bedding",
    "short language lessons", "toys for children", "skin cream", "kitchen knives and pans", "a sports bottle for water", "concert tickets",
    "holiday by the sea", "fruit juice and soft drinks", "a moving news story", "a video game about adventures", "watch the match tonight",
    "a lamp for the desk", "perfume for men", "a watch for women", "a shirt for boys",
    "立即选购", "了解更多", "马上购买", "购买茶叶", "去看看", "买一送一", "新口味", "日常跑步鞋", "冬天的保暖外套", "新鲜咖啡", "长续航耳机", "有机蔬菜", "纯棉床品",
    "学习外语", "儿童玩具", "护肤霜", "厨房刀具和锅", "运动水壶", "海边度假", "果汁饮料", "冒险游戏", "观看今晚的比赛", "书桌台灯",
)  # fmt: skip
_PROTOTYPES = tuple(text for texts in _SUBJECTS.values() for text in texts)
_OWNERS = tuple(subject for subject, texts in _SUBJECTS.items() for _ in texts)
_NEAR, _NEARER_BY = 0.45, 0.08


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
