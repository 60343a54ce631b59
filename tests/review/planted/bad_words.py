"""Copy that breaks one rule each, written from the policies' own words before any rule was run over it.

``open`` ones were looked at while the rules were mended; ``held`` ones were not.
"""

from __future__ import annotations

# rule: {half: [(brief, language, part, text)]}
Bad = tuple[str, str, str, str]
BAD: dict[str, dict[str, list[Bad]]] = {
    "editorial.punctuation": {
        "open": [
            ("bottle", "en", "headline", "A flask for the long trail!!!"),
            ("coffee", "en", "body", "Ready for a better morning??"),
            ("lamp", "zh", "headline", "夜读好灯！！"),
            ("toy", "zh", "body", "一起来搭积木吧~~~"),
        ],
        "held": [
            ("tea", "en", "headline", "Spring tea!!"),
            ("shoes", "en", "headline", "*Lunera* **road shoes**"),
            ("course", "en", "headline", "Spanish >>> this way"),
            ("coffee", "en", "headline", "Do you like coffee?!"),
            ("headphones", "zh", "body", "安静得像没人在说话。。。。"),
            ("cream", "zh", "headline", "肌肤更柔软？？？"),
        ],
    },
    "editorial.capitals": {
        "open": [
            ("bottle", "en", "headline", "STAY COLD ALL DAY"),
            ("toy", "en", "headline", "Blocks for LITTLE BUILDERS"),
            ("lamp", "en", "body", "A lamp that makes READING a joy."),
            ("tea", "en", "cta", "ORDER TODAY"),
        ],
        "held": [
            ("tea", "en", "headline", "FLOWERS and tea"),
            ("tea", "en", "headline", "FlOwErS in a cup"),
            ("shoes", "en", "headline", "Light shoes, HUGE comfort"),
            ("coffee", "en", "body", "BEANS ROASTED ON MONDAY."),
            ("bedding", "en", "headline", "SLEEP LIKE NEVER BEFORE"),
        ],
    },
    "editorial.spacing": {
        "open": [
            ("lamp", "en", "headline", "A l a m p for you"),
            ("tea", "en", "headline", "S.A.V.O.R spring tea"),
            ("coffee", "en", "body", "C0ffee and c@ke at home."),
            ("headphones", "zh", "headline", "安 静 通 勤 好 伙 伴"),
        ],
        "held": [
            ("tea", "en", "headline", "f l o w e r s in a tin"),
            ("tea", "en", "headline", "F.L.O.W.E.R.S and tea"),
            ("tea", "en", "headline", "fl@wers in your cup"),
            ("tea", "en", "headline", "f1owers in your cup"),
            ("bedding", "en", "headline", "F-L-O-W-E-R-S on cotton"),
            ("toy", "zh", "headline", "积.木.乐.园.等.你"),
        ],
    },
    "editorial.barred": {
        "open": [
            ("coffee", "en", "headline", "Morning beans ☕"),
            ("toy", "zh", "headline", "一起搭积木🎉"),
            ("course", "en", "body", "Learn {keyword} in short lessons."),
            ("shoes", "en", "headline", "Run with #Lunera"),
        ],
        "held": [
            ("shoes", "en", "headline", "Light shoes 🏃‍♀️ for you"),
            ("headphones", "zh", "body", "安静通勤🔥🔥"),
            ("lamp", "en", "headline", "Warm\u200b light for reading"),
            ("tea", "en", "body", "A cup of \u202egnirps"),
            ("course", "zh", "headline", "短课程｛今天｝开始"),
            ("bottle", "en", "headline", "Cold water ❄️ all day"),
        ],
    },
    "copy.banned_words": {
        "open": [
            ("lamp", "en", "headline", "A cheap lamp that lasts"),
            ("toy", "zh", "headline", "廉价也有好积木"),
        ],
        "held": [
            ("shoes", "en", "body", "Cheap to keep, light to wear."),
            ("tea", "zh", "body", "不廉价的春茶。"),
        ],
    },
    "claims.superlatives": {
        "open": [
            ("bottle", "en", "headline", "The best flask you can buy"),
            ("coffee", "en", "headline", "#1 beans for your mug"),
            ("lamp", "en", "body", "The brightest desk lamp around."),
            ("tea", "zh", "headline", "最好的春茶"),
            ("headphones", "zh", "headline", "降噪耳机第一品牌"),
            ("bedding", "en", "headline", "Sheets without equal: the softest"),
        ],
        "held": [
            ("tea", "zh", "headline", "国家级好茶"),
            ("cream", "zh", "headline", "极品日霜，至尊享受"),
            ("lamp", "zh", "headline", "台灯中的王者，行业巅峰"),
            ("headphones", "zh", "body", "填补国内空白的降噪技术。"),
            ("toy", "zh", "headline", "全网销量冠军积木"),
            ("bottle", "zh", "body", "史无前例的保温效果。"),
            ("coffee", "zh", "headline", "金牌咖啡，全国首家"),
            ("course", "en", "headline", "The world's leading Spanish app"),
            ("shoes", "en", "body", "The most comfortable shoe on earth."),
            ("toy", "en", "headline", "Number one toy for builders"),
            ("headphones", "en", "headline", "The quietest headphones ever made"),
            ("bedding", "en", "body", "Nobody makes better sheets: simply unbeatable."),
        ],
    },
    "claims.guarantees": {
        "open": [
            ("cream", "en", "headline", "Guaranteed softer skin"),
            ("course", "en", "body", "Risk-free: you will speak or pay nothing."),
            ("lamp", "zh", "body", "不满意全额退款。"),
            ("course", "zh", "headline", "保证学会西班牙语"),
        ],
        "held": [
            ("course", "en", "headline", "We guarantee you fluency"),
            ("cream", "en", "body", "100% effective on every skin."),
            ("lamp", "en", "body", "Your money back if it ever flickers."),
            ("cream", "zh", "headline", "百分百有效，绝对安全"),
            ("course", "zh", "body", "承诺包过，学不会退款。"),
            ("toy", "en", "body", "It never fails to please, or your money back."),
        ],
    },
    "claims.cures": {
        "open": [
            ("tea", "en", "headline", "Tea that cures headaches"),
            ("cream", "en", "body", "Clinically proven to treat eczema."),
            ("tea", "en", "headline", "Lose 5 kg in two weeks with tea"),
            ("tea", "zh", "headline", "喝茶减肥，月瘦十斤"),
            ("cream", "zh", "body", "根治湿疹，药到病除。"),
        ],
        "held": [
            ("tea", "en", "body", "Helps prevent cancer and heart disease."),
            ("cream", "en", "headline", "A miracle cure for acne"),
            ("bedding", "en", "body", "Say goodbye to back pain and insomnia."),
            ("tea", "en", "headline", "Melt belly fat while you sleep"),
            ("tea", "zh", "body", "降血压、降血脂，还能防癌。"),
            ("cream", "zh", "headline", "医生推荐，祛斑特效"),
            ("coffee", "en", "headline", "Drop two dress sizes by summer"),
            ("shoes", "en", "body", "Doctor recommended against knee pain."),
        ],
    },
    "claims.income": {
        "open": [
            ("course", "en", "headline", "Earn $5,000 a week from home"),
            ("course", "en", "body", "Learn Spanish and get rich."),
            ("course", "zh", "headline", "学西语，月入过万"),
            ("bank", "en", "body", "Double your money in a year."),
        ],
        "held": [
            ("bank", "en", "headline", "Guaranteed returns, no effort"),
            ("course", "en", "headline", "Make money fast as a translator"),
            ("course", "en", "body", "Quit your job and live on what you make online."),
            ("bank", "zh", "headline", "躺着也能赚钱"),
            ("bank", "zh", "body", "高回报，稳赚不赔的理财。"),
            ("course", "zh", "body", "轻松兼顾副业，日赚千元。"),
        ],
    },
    "claims.free": {
        "open": [
            ("lamp", "en", "headline", "Free bulb with every lamp"),
            ("shoes", "en", "body", "Free shipping on all shoes."),
            ("toy", "zh", "headline", "免费领取积木"),
            ("tea", "zh", "body", "下单即赠送茶杯。"),
        ],
        "held": [
            ("cream", "en", "headline", "Get your cream for free"),
            ("headphones", "en", "body", "Delivered at no cost to you."),
            ("toy", "en", "headline", "Claim a free Pikko set"),
            ("lamp", "zh", "headline", "0元带走台灯"),
            ("bedding", "zh", "body", "全场包邮，再送枕套。"),
            ("course", "en", "body", "All lessons free forever."),
        ],
    },
    "claims.urgency": {
        "open": [
            ("bottle", "en", "headline", "Hurry, only 3 flasks left"),
            ("shoes", "en", "body", "Offer ends tonight."),
            ("headphones", "zh", "headline", "最后一天，马上抢购"),
            ("toy", "zh", "body", "仅剩十套，手慢无。"),
        ],
        "held": [
            ("cream", "en", "headline", "Last chance to try Selwyn"),
            ("toy", "en", "body", "Selling fast: order before they are gone."),
            ("coffee", "en", "headline", "Today only at Terracota"),
            ("course", "en", "headline", "Act now, places are limited"),
            ("bedding", "zh", "headline", "限时秒杀，错过不再"),
            ("cream", "zh", "body", "活动即将结束，赶紧下单。"),
            ("bottle", "en", "body", "Don't wait until it's too late."),
        ],
    },
    "claims.numbers": {
        "open": [
            ("bottle", "en", "headline", "Cold for 48 hours"),
            ("headphones", "zh", "headline", "60小时续航"),
            ("cream", "en", "body", "97% of users saw softer skin."),
            ("course", "en", "headline", "5 million people learn here"),
        ],
        "held": [
            ("shoes", "en", "headline", "Just 180 g on your foot"),
            ("headphones", "en", "body", "Three times quieter than before."),
            ("toy", "zh", "headline", "300块榉木积木"),
            ("cream", "zh", "body", "十倍保湿，看得见。"),
            ("cream", "en", "headline", "9 out of 10 women choose it"),
            ("lamp", "en", "body", "Lasts for 25,000 hours."),
            ("course", "zh", "body", "三十天开口说西语。"),
            ("bedding", "en", "headline", "Woven of 600 threads"),
        ],
    },
    "claims.prices": {
        "open": [
            ("bottle", "en", "headline", "Norvik Flask, $19"),
            ("lamp", "en", "headline", "50% off all lamps"),
            ("headphones", "zh", "headline", "仅售599元"),
            ("coffee", "zh", "headline", "首单5折"),
        ],
        "held": [
            ("lamp", "en", "body", "Was $99, now $49."),
            ("toy", "zh", "headline", "¥99 带回家"),
            ("bedding", "zh", "body", "满500减100。"),
            ("shoes", "en", "headline", "Half price on Lunera"),
            ("coffee", "en", "body", "Buy one bag, get one at 12 euros."),
            ("tea", "zh", "headline", "买一送一"),
            ("cream", "en", "headline", "Save 30% on Selwyn"),
        ],
    },
    "policy.fake_interface": {
        "open": [
            ("headphones", "en", "headline", "You have 1 new message"),
            ("lamp", "en", "body", "Warning: your computer is infected."),
            ("headphones", "zh", "headline", "您有一条未读消息"),
            ("course", "en", "cta", "X"),
        ],
        "held": [
            ("course", "en", "headline", "Click here to close this window"),
            ("headphones", "en", "headline", "Your battery is damaged by 3 viruses"),
            ("toy", "en", "body", "System alert: update required."),
            ("lamp", "zh", "headline", "系统警告：检测到风险"),
            ("course", "zh", "body", "手机内存不足，请立即清理。"),
            ("headphones", "en", "cta", "▶"),
            ("tea", "zh", "cta", "关闭"),
            ("bottle", "en", "body", "Missed call: tap to listen."),
        ],
    },
    "policy.personal_attributes": {
        "open": [
            ("cream", "en", "headline", "Are you diabetic?"),
            ("bank", "en", "headline", "Since you are in debt, read this"),
            ("tea", "zh", "headline", "你有高血压吗？"),
            ("course", "en", "headline", "Meet other Christian singles"),
        ],
        "held": [
            ("course", "en", "headline", "Meet other Jewish singles!"),
            ("bank", "en", "body", "Help for people like you who just turned 62."),
            ("tea", "en", "headline", "Are you overweight?"),
            ("bedding", "en", "headline", "Depressed? Get help with your sleep"),
            ("course", "en", "body", "Join other seniors near you."),
            ("cream", "zh", "headline", "还在为你的脱发发愁？"),
            ("bank", "zh", "headline", "征信不好的你看过来"),
            ("course", "zh", "body", "单身的你，来认识新朋友。"),
            ("cream", "en", "body", "Your psoriasis should not hold you back."),
        ],
    },
    "policy.special_category": {
        "open": [
            ("lamp", "en", "headline", "Apartments for rent near you"),
            ("coffee", "en", "headline", "We are hiring baristas"),
            ("toy", "zh", "headline", "低息贷款，当天放款"),
            ("tea", "en", "body", "Vote for Maria Lopez in May."),
        ],
        "held": [
            ("lamp", "en", "headline", "Buy your first home with us"),
            ("coffee", "en", "body", "Barista jobs: join our team."),
            ("toy", "en", "headline", "A credit card for parents"),
            ("lamp", "zh", "headline", "精装三居，首付二十万起"),
            ("coffee", "zh", "headline", "诚聘咖啡师，五险一金"),
            ("tea", "en", "headline", "Tell your senator: protect our hills"),
            ("toy", "en", "body", "Life insurance from a name you know."),
            ("bedding", "en", "headline", "Refinance your mortgage today"),
        ],
    },
    "marks.other_brands": {
        "open": [
            ("shoes", "en", "headline", "Lighter than Nike"),
            ("headphones", "zh", "headline", "比索尼更安静"),
            ("toy", "en", "body", "Fits your Lego bricks."),
        ],
        "held": [
            ("coffee", "en", "headline", "Starbucks taste at home"),
            ("bottle", "en", "body", "Keeps ice longer than a Stanley cup tumbler."),
            ("headphones", "en", "headline", "For iPhone and Galaxy S25"),
            ("shoes", "zh", "headline", "耐克同款鞋底"),
            ("cream", "zh", "body", "堪比雅诗兰黛的日霜。"),
            ("headphones", "en", "body", "Better than Apple at half the weight."),
        ],
    },
    "safety.toxic": {
        "open": [
            ("lamp", "en", "headline", "Only idiots read in the dark, you moron"),
            ("shoes", "en", "body", "Run, bitch, run."),
            ("toy", "zh", "headline", "不买的都是傻逼"),
        ],
        "held": [
            ("tea", "en", "headline", "This tea is fucking great"),
            ("course", "en", "body", "Stop being a stupid loser and learn."),
            ("bedding", "zh", "body", "睡不好的废物看这里。"),
            ("coffee", "zh", "headline", "滚蛋吧，混蛋早起"),
            ("bottle", "en", "headline", "Hydrate, you filthy animals and scumbags"),
        ],
    },
    "safety.category": {
        "open": [
            ("toy", "en", "headline", "Play poker and slots online"),
            ("coffee", "en", "headline", "Craft beer and whisky"),
            ("tea", "zh", "headline", "电子烟新口味上市"),
        ],
        "held": [
            ("toy", "en", "headline", "Bet on tonight's match"),
            ("tea", "zh", "headline", "在线老虎机，天天开奖"),
            ("coffee", "en", "body", "Red wine by the bottle, at your door."),
            ("lamp", "en", "headline", "Handguns and ammo in stock"),
            ("tea", "en", "headline", "Vape pens with nicotine"),
            ("bedding", "en", "headline", "Sexy girls near you tonight"),
            ("coffee", "zh", "body", "白酒礼盒，送货上门。"),
        ],
    },
}  # fmt: skip
# Texts of the wrong length or number, at a place whose own limits reject: (half, placement, words).
Counted = tuple[str, str, str, list[tuple[str, str]]]
_RDA = [
    ("headline", "Cold for 24 hours"),
    ("long_headline", "A steel flask that keeps water cold for 24 hours"),
    ("body", "Made of stainless steel, 750 ml."),
    ("business_name", "Norvik"),
]
_PMAX = [
    ("headline", "Cold all day"),
    ("headline", "Cold for 24 hours"),
    ("headline", "Steel flask, 750 ml"),
    ("long_headline", "A steel flask that keeps water cold for 24 hours"),
    ("body", "Made of stainless steel."),
    ("body", "Free returns within 30 days."),
    ("business_name", "Norvik"),
]


def _with(words: list[tuple[str, str]], part: str, text: str) -> list[tuple[str, str]]:
    return [(name, text if name == part else told) for name, told in words]


COUNTED: list[Counted] = [
    (
        "copy.length",
        "open",
        "google_rda_1200x628",
        _with(_RDA, "headline", "A flask that keeps your water cold all day"),
    ),
    ("copy.length", "open", "google_rda_1200x628", _with(_RDA, "headline", "山顶也能喝到热茶，一路保温不放手")),
    ("copy.length", "held", "google_rda_1200x628", _with(_RDA, "business_name", "Norvik Flasks and Bottles Company")),
    ("copy.length", "held", "google_rda_1200x628", _with(_RDA, "body", "Made of steel. " * 8)),
    ("copy.length", "held", "google_rda_1200x628", _with(_RDA, "long_headline", "不锈钢杯身耐摔好洗，" * 6)),
    (
        "copy.length",
        "held",
        "google_pmax_1200x628",
        [*_PMAX[:2], ("headline", "A flask that stays cold all day long"), *_PMAX[3:]],
    ),
    ("copy.counts", "open", "google_rda_1200x628", _RDA[1:]),
    ("copy.counts", "open", "google_pmax_1200x628", _PMAX[1:]),
    (
        "copy.counts",
        "held",
        "google_rda_1200x628",
        [*_RDA, *[("headline", f"Cold water {letter}") for letter in "abcde"]],
    ),
    ("copy.counts", "held", "google_rda_1200x628", _RDA[:3]),
    ("copy.counts", "held", "google_pmax_1200x628", _with(_PMAX, "headline", "Cold for a whole day out")),
    ("copy.counts", "held", "google_rsa", [("headline", "Cold for 24 hours"), ("body", "Made of steel.")]),
]
COUNTED_GOOD: list[tuple[str, list[tuple[str, str]]]] = [
    ("google_rda_1200x628", _RDA),
    ("google_rda_1200x628", _with(_RDA, "headline", "山顶也能喝到热茶")),
    ("google_rda_1200x628", [*_RDA, ("headline", "Steel flask, 750 ml"), ("body", "保冷24小时，保热12小时")]),
    ("google_pmax_1200x628", _PMAX),
    ("google_rsa", [*_PMAX[:3], ("body", "Made of stainless steel."), ("body", "Free returns within 30 days.")]),
]
