"""Marks of others in what is said."""

from __future__ import annotations

import re
from collections.abc import Iterator

from adplat.domain import Objection, Weight
from adplat.review.eyes import Eyes
from adplat.review.rule import Rule, Saying
from adplat.review.spoken import everything, quoted, without_names
from adplat.review.subject import Subject

# Names that mean nothing else. A list of known marks can never be whole: it finds what is most often complained of.
_SURE = (
    (
        "nike adidas reebok converse|new balance|under armour|lululemon|skechers|vans shoes|coca[ -]?cola|pepsi|red bull|sprite|nestl[eé]|nescaf[eé]|"
        "nespresso|starbucks|mcdonald'?s|burger king|kfc|domino'?s|heineken|budweiser|iphones?|ipads?|macbooks?|airpods?|samsung|galaxy s\\d+|"
        "huawei|xiaomi|oppo|oneplus|nokia|motorola|sony|playstation|ps5|xbox|nintendo|panasonic|philips|siemens|bosch|lg electronics|dyson|roomba|"
        "kitchenaid|tefal|microsoft|nvidia|geforce|lenovo|thinkpad|hewlett[ -]packard|canon eos|nikon|gopro|bose|sennheiser|jbl|toyota|honda|nissan|"
        "volkswagen|bmw|mercedes(?:[ -]benz)?|audi|porsche|ferrari|lamborghini|tesla|hyundai|volvo|harley[ -]davidson|michelin|louis vuitton|gucci|"
        "prada|chanel|dior|herm[eè]s|burberry|versace|armani|rolex|omega watch\\w*|cartier|tiffany|ray[ -]?ban|zara|h&m|uniqlo|primark|levi'?s|ikea|"
        "lego|barbie|disney|marvel|pok[eé]mon|hello kitty|star wars|harry potter|l'?or[eé]al|maybelline|est[eé]e lauder|lanc[oô]me|clinique|"
        "sephora|nivea|colgate|gillette|pampers|huggies|tampax|listerine|walmart|costco|ebay|alibaba|aliexpress|netflix|spotify|paypal|mastercard|"
        "fedex|viagra|botox|tylenol|advil|tupperware|velcro|yeti cooler\\w*|stanley cup tumbler\\w*|crocs|birkenstock|timberland|patagonia jacket\\w*|"
        "the north face|north face"
    )
    .replace(" reebok converse", "|reebok|converse")
    .replace("nike adidas", "nike|adidas")
)
_CHINESE = (
    "耐克|阿迪达斯|彪马|匡威|新百伦|安踏|李宁(?:牌|运动|鞋)?|可口可乐|百事可乐|红牛|雀巢|星巴克|瑞幸|麦当劳|肯德基|必胜客|苹果(?:手机|电脑|耳机|手表)|华为|小米(?:手机|手环|电视)|"
    "三星(?:手机|电视)?|索尼|任天堂|松下|飞利浦|西门子|博世|戴森|美的(?:空调|电器)|格力|海尔|联想(?:电脑|笔记本)|特斯拉|丰田|本田|大众汽车|宝马|奔驰(?!在)|奥迪|保时捷|法拉利|比亚迪|"
    "路易威登|古驰|普拉达|香奈儿|迪奥|爱马仕|劳力士|卡地亚|蒂芙尼|优衣库|宜家|乐高|迪士尼|漫威|宝可梦|欧莱雅|雅诗兰黛|兰蔻|资生堂|妮维雅|高露洁|吉列|帮宝适|淘宝|天猫|京东|拼多多|"
    "抖音|微信|支付宝|小红书|茅台|五粮液|农夫山泉|蒙牛|伊利"
)
# Names that are words as well: taken for marks only where the sentence treats them so.
_EITHER = (
    "Apple|Amazon|Puma|Dove|Shell|Visa|Gap|Target|Oracle|Subway|Mars|Beats|Ford|Google|Facebook|Instagram|TikTok|YouTube|WhatsApp|Intel|Uber|"
    "Pringles|Oreo|Tide|Axe|Monster|Fossil|Coach|Guess|Supreme|Swatch|Canon|Dell|HP"
)
_PATTERNS = (
    re.compile(rf"(?<![\w])(?:{_SURE})(?![\w])", re.IGNORECASE),
    re.compile(_CHINESE),
    re.compile(
        rf"\b(?:[Bb]etter|[Cc]heaper|[Ff]aster|[Ss]tronger|[Ll]ighter|[Mm]ore \w+) than (?:an? |the )?(?:{_EITHER})\b"
        rf"|\b(?:vs\.?|versus|[Uu]nlike|[Bb]eats|[Bb]y|[Oo]fficial|[Gg]enuine|[Rr]eplica|[Ll]ike (?:an?|the)?) ?(?:{_EITHER})\b"
        rf"|\b(?:{_EITHER}) (?:quality|style|alternative|killer|dupe|replica|Watch|Store|Prime|gift cards?|approved|partner)\b"
    ),
)


def without_marks(text: str) -> str:
    """``text`` with marks that mean nothing else blotted out: they are judged here, however they are written."""
    return _PATTERNS[0].sub(lambda found: "·" * len(found.group()), text)


def look(subject: Subject, eyes: Eyes) -> Iterator[Objection]:
    """Each mark once a part; a person decides, since resellers and makers of accessories may name them."""
    for spoken in everything(subject, eyes):
        text, told = without_names(spoken.plain, subject.own_names), set()
        for pattern in _PATTERNS:
            for match in pattern.finditer(text):
                name = match.group().lower()
                if name not in told:
                    told.add(name)
                    yield RULE.objection(
                        Weight.HOLD,
                        "names",
                        {"part": spoken.part, "words": quoted(match.group())},
                    )


RULE: Rule = Rule(
    "marks.other_brands",
    "no mark of others is named without a person's word",
    look,
    {
        "names": Saying(
            "{part} names a mark that may be another's: {words}",
            "leave it out, or have a person see the right to name it",
        ),
    },
)
