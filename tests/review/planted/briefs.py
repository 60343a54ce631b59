"""The advertisers of the planted set: invented brands with facts in two languages."""

from __future__ import annotations

from typing import Any


def _brief(
    name: str,
    product: tuple[str, str],
    facts: list[tuple[str, str, str]],
    price: tuple[float, str] | None = None,
    category: str = "none",
) -> dict[str, Any]:
    """Facts are (en, zh, proof)."""
    return {
        "brand": {"name": name, "palette": ["#204060", "#f0e8dc"], "banned_words": ["cheap", "廉价"]},
        "product": {"names": {"en": product[0], "zh": product[1]}, "image_path": "product.png"},
        "special_category": category,
        "facts": [
            {"fact_id": f"f{number}", "texts": {"en": en, "zh": zh}, "proof": proof}
            for number, (en, zh, proof) in enumerate(facts, start=1)
        ]
        + (
            [{"fact_id": "price", "texts": {"en": f"costs {price[0]:g} {price[1]}"}, "price": list(price)}]
            if price
            else []
        ),
    }


PROOF = "https://shop.example/tests"
BRIEFS: dict[str, dict[str, Any]] = {
    "bottle": _brief("Norvik", ("Norvik Flask", "诺维保温杯"), [
        ("Keeps drinks cold for 24 hours and hot for 12 hours", "保冷24小时，保热12小时", PROOF),
        ("Made of stainless steel, 750 ml", "不锈钢材质，750毫升", ""),
        ("Free returns within 30 days", "30天免费退货", ""),
    ], (29.0, "USD")),
    "shoes": _brief("Lunera", ("Lunera Stride", "露奈拉跑鞋"), [
        ("Weighs 210 g in size 42", "42码重210克", PROOF),
        ("The lightest shoe in the 2026 road test of Run Weekly", "《跑者周刊》2026路跑评测中最轻的跑鞋", PROOF),
        ("Upper of recycled polyester, 6 colours", "鞋面采用再生涤纶，6种颜色", ""),
    ], (119.0, "USD")),
    "headphones": _brief("Ohmla", ("Ohmla Quiet 2", "欧姆拉耳机"), [
        ("40 hours of battery life", "40小时续航", PROOF),
        ("Noise cancelling by up to 35 dB", "最高35分贝降噪", PROOF),
        ("2-year warranty", "两年质保", ""),
    ], (899.0, "CNY")),
    "coffee": _brief("Terracota", ("Terracota Morning Beans", "泰拉咖啡豆"), [
        ("Roasted in small batches every Monday", "每周一小批量烘焙", ""),
        ("100% arabica from Huila", "100%惠拉产阿拉比卡", ""),
        ("Free shipping from two bags on", "两袋起包邮", ""),
        ("10% off the first order", "首单9折", ""),
    ], (14.5, "EUR")),
    "cream": _brief("Selwyn", ("Selwyn Day Cream", "赛尔温日霜"), [
        ("Fragrance-free, with 5% niacinamide", "无香料，含5%烟酰胺", ""),
        ("92% of 120 users said that their skin felt softer", "120名用户中92%表示肌肤更柔软", PROOF),
    ], (199.0, "CNY")),
    "lamp": _brief("Halden", ("Halden Desk Lamp", "哈尔登台灯"), [
        ("Three levels of brightness, 9 W", "三档亮度，9瓦", ""),
        ("Sale until 30 November: 20% off", "11月30日前8折", ""),
    ], (49.0, "USD")),
    "course": _brief("Fluenta", ("Fluenta Spanish", "流利塔西班牙语"), [
        ("Lessons of 15 minutes", "每课15分钟", ""),
        ("Free trial for 7 days", "免费试用7天", ""),
        ("Used by 2 million learners", "200万学员在用", PROOF),
    ]),
    "toy": _brief("Pikko", ("Pikko Blocks", "皮可积木"), [
        ("120 pieces of beech wood", "120块榉木积木", ""),
        ("For children from 3 years on", "适合3岁以上儿童", ""),
    ], (168.0, "CNY")),
    "bedding": _brief("Dormeo Lane", ("Dormeo Lane Sheets", "多美床单"), [
        ("Woven of long-staple cotton, 300 threads", "长绒棉织造，300支", ""),
        ("Money back within 100 nights", "100晚内无理由全额退款", ""),
    ], (399.0, "CNY")),
    "tea": _brief("Yunling", ("Yunling Spring Tea", "云岭春茶"), [
        ("Picked by hand before Qingming", "明前手工采摘", ""),
        ("Only 500 tins this year", "今年限量500罐", ""),
    ], (288.0, "CNY")),
    "rent": _brief("Casamira", ("Casamira Flats", "卡萨公寓"), [
        ("Flats of two and three rooms in Riverside", "滨河两居、三居公寓", ""),
    ], category="housing"),
    "bank": _brief("Tarn Bank", ("Tarn Saver", "塔恩储蓄"), [
        ("Open an account in 10 minutes", "10分钟开户", ""),
        ("Savings rate 3.1% a year", "年利率3.1%", PROOF),
    ], category="finance"),
}  # fmt: skip
