"""Chinese for templates: nothing in it is a claim about a product."""

from __future__ import annotations

from adplat.domain import FactKind
from adplat.generation.copy.phrasebook import Phrasebook

CHINESE = Phrasebook(
    with_fact={
        "headline": (
            "{brand}：{fact}",
            "{short}，{fact}",
            "{fact}",
            "{fact}，就选{brand}",
            "{name}，{fact}",
        ),
        "long_headline": (
            "{name}：{fact}",
            "{fact}，来看{name}",
            "认识一下{name}：{fact}",
            "{brand}：{fact}",
        ),
        "body": (
            "{name}，{fact}。",
            "{fact}，{call}。",
            "认识一下{name}：{fact}。",
            "{brand}：{fact}。",
            "{fact}。",
        ),
    },
    with_more={
        "long_headline": ("{name}：{fact}，{second}",),
        "body": (
            "{name}：{fact}，{second}，{third}。",
            "{fact}，{second}。{call}。",
            "认识一下{name}：{fact}，{second}。",
            "{name}，{fact}，{second}。",
            "{fact}，{second}，{third}。",
        ),
    },
    with_price=("{short}，{price}", "{price}，把{short}带回家", "{name}，{price}", "{price}入手{short}"),
    plain={
        "headline": ("{name}", "遇见{name}", "认识一下{short}", "来看{brand}", "走近{brand}"),
        "long_headline": ("来认识一下{name}", "一起走近{name}", "{name}"),
        "body": ("来认识一下{name}。{call}。", "{name}，等你来看。", "走近{brand}，看看{short}。", "来{brand}看看。"),
    },
    by_category={
        "footwear": ("穿上{brand}，出发", "和{brand}一起上路", "穿上{short}走一走"),
        "apparel": ("穿上{brand}出门", "今天穿{brand}", "试试这身{brand}"),
        "accessories": ("出门带上{brand}", "给今天的搭配加上{brand}"),
        "beauty": ("留一刻给{brand}", "把{brand}放进日常"),
        "electronics": ("上手{short}", "打开{brand}"),
        "home": ("把{short}带回家", "在家，有{brand}"),
        "food": ("尝尝{short}", "餐桌上的{brand}"),
        "travel": ("下一站，问{brand}", "跟{brand}出门走走"),
        "sport": ("和{brand}动起来", "带上{brand}去户外"),
    },
    groups={
        "footwear": ("鞋", "靴", "shoe", "footwear", "sneaker", "boot", "sandal"),
        "accessories": ("包", "表", "首饰", "配饰", "眼镜", "accessor", "bag", "watch", "jewel"),
        "apparel": ("服", "衣", "裙", "裤", "apparel", "cloth", "wear", "fashion", "shirt", "dress"),
        "beauty": ("美妆", "护肤", "香水", "beauty", "cosmetic", "skin", "fragrance"),
        "electronics": ("电子", "手机", "耳机", "电脑", "相机", "electronic", "phone", "audio"),
        "home": ("家", "灯", "厨", "床", "home", "furniture", "kitchen"),
        "food": ("食", "饮", "茶", "咖啡", "food", "drink", "coffee", "tea"),
        "travel": ("旅", "酒店", "机票", "travel", "hotel"),
        "sport": ("运动", "户外", "健身", "sport", "fitness", "outdoor"),
    },
    calls={
        None: ("去看看", "了解更多", "查看详情", "立即选购", "点击查看", "马上了解"),
        FactKind.PRICE: ("查看价格", "去选购"),
        FactKind.OFFER: ("查看优惠", "领取优惠"),
        FactKind.AWARD: ("了解原因", "看看故事"),
        FactKind.SERVICE: ("了解服务", "查看说明"),
    },
    calls_by_category={
        "food": ("去下单",),
        "travel": ("查看行程",),
        "employment": ("查看职位", "了解更多", "查看详情"),
        "housing": ("查看房源", "了解更多", "查看详情"),
        "finance": ("了解更多", "查看详情"),
        "politics": ("了解更多", "点击查看"),
    },
    floor=("看一看", "去看看", "点开看看", "来看看", "了解一下", "打开页面", "前往"),
    currencies={
        "CNY": "{amount}元",
        "USD": "{amount}美元",
        "EUR": "{amount}欧元",
        "GBP": "{amount}英镑",
        "JPY": "{amount}日元",
    },
)
