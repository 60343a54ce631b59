"""What a creative is about: subjects that many places do not show, or show to grown-ups only.

Words that name a subject come first; then meanings are held against sentences that stand for each, Chinese and English
alike, by a learned encoder. Both can send a creative to a person and do no more.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

import numpy as np

from adplat.domain import Objection, Weight
from adplat.review.cannot_look import CannotLook
from adplat.review.eyes import Eyes
from adplat.review.rule import Rule, Saying
from adplat.review.spoken import everything, quoted, without_names
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
_NAMED: Mapping[str, re.Pattern[str]] = {
    subject: re.compile(pattern, re.IGNORECASE)
    for subject, pattern in {
        "gambling": r"\b(?:casinos?|poker|roulette|blackjack|slot machines?|jackpots?|gambl\w+|sportsbooks?|bookmakers?|betting|lotter(?:y|ies)|wagers?|bingo)\b"
        r"|\b(?:place your|free|online) bets?\b|\bbet (?:on|now|big)\b|\b(?:spin|play) (?:the )?slots\b|赌场|赌博|博彩|老虎机|下注|彩票|六合彩|德州扑克|百家乐|开奖|投注",
        "alcohol": r"\b(?:whisk(?:e)?y|vodka|beers?|wines?|gin|rum|tequila|brandy|cognac|champagne|prosecco|liquors?|cocktails?|lagers?|ales?|breweries|brewery|ciders?|spirits store|sake)\b(?!-red| red)"
        r"|白酒|红酒|啤酒|葡萄酒|黄酒|米酒|洋酒|威士忌|伏特加|鸡尾酒|香槟|烈酒|茅台|酒水|品酒",
        "tobacco": r"\b(?:cigarettes?|cigars?|tobacco|vap(?:e|es|ing)|e-?cig\w*|nicotine|hookahs?|snus|e-?liquids?)\b|香烟|卷烟|雪茄|烟草|电子烟|烟弹|烟油|尼古丁|水烟",
        "drugs": r"\b(?:cannabis|marijuana|weed (?:delivery|shop|store|gummies)|thc|cocaine|heroin|meth|lsd|magic mushrooms|psilocybin|steroids|opioids?|oxycodone|xanax|without (?:a )?prescription)\b|大麻|毒品|可卡因|海洛因|冰毒|迷药|无需处方",
        "weapons": r"\b(?:hand)?guns?\b(?! metal)|\b(?:rifles?|pistols?|firearms?|ammo|ammunition|shotguns?|silencers?|switchblades?|grenades?|explosives|bullets?(?! (?:point|journal|train|proof)))\b|枪支|手枪|步枪|弹药|猎枪|炸药|管制刀具|军火",
        "adult": r"\b(?:porn\w*|xxx|escorts?(?= service|s\b| near)|sex(?:y)? (?:girls?|singles|women|chat|toys?|cams?|dating)|hook-?ups?|nudes?(?= pics| photos| girls)|strippers?|fetish|onlyfans|hot (?:girls|singles|milfs?))\b|约炮|色情|成人(?:影片|视频|用品|电影)|情趣(?:用品|内衣|玩具)|裸聊|一夜情|援交|黄片",
        "violence": r"\b(?:murder(?:ed|s)?|massacre|beheading|torture|terrorist attack|execution video|gore)\b|谋杀|屠杀|斩首|酷刑|恐怖袭击|血腥",
    }.items()
}
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
_NEAR, _NEARER_BY = 0.56, 0.12
_TOO_SHORT = {"cta", "business_name"}  # a call to act says nothing of what it is about


def look(subject: Subject, eyes: Eyes) -> Iterator[Objection]:
    """Each text by the subject that it names, else by the one it is nearest to."""
    blind: CannotLook | None = None
    for spoken in everything(subject, eyes):
        text = without_names(spoken.plain, subject.own_names)
        named = next(((about, match) for about, words in _NAMED.items() if (match := words.search(text))), None)
        if named:
            details = {"part": spoken.part, "about": named[0], "words": quoted(named[1].group())}
            yield RULE.objection(Weight.HOLD, "named", details)
            continue
        if len(text) < 4 or spoken.part in _TOO_SHORT:
            continue
        try:
            near = eyes.nearness(text, _PROTOTYPES)
            best = int(np.argmax(near))
            score = float(near[best])
            if score >= _NEAR and score >= float(eyes.nearness(text, _HARMLESS).max()) + _NEARER_BY:
                yield RULE.objection(
                    Weight.HOLD,
                    "near",
                    {
                        "part": spoken.part,
                        "about": _OWNERS[best],
                        "nearness": score,
                        "words": quoted(spoken.plain),
                    },
                    {"nearness": round(score, 4)},
                )
        except CannotLook as reason:
            blind = reason
    if blind is not None:
        raise CannotLook(f"only words that name a subject were looked for: {blind.reason}")


RULE: Rule = Rule(
    "safety.category",
    "what is about gambling, alcohol, drugs and the like is seen by a person first",
    look,
    {
        "named": Saying("{part} names {about}: {words}", "have a person decide where it may run"),
        "near": Saying(
            "{part} seems to be about {about} ({nearness:.2f}): {words}", "have a person decide where it may run"
        ),
    },
)
