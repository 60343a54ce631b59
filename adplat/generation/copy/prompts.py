"""What a language model is asked: one fact at a time, with examples of the shape that is wanted.

A small model follows examples and not orders; and a model that sees one fact cannot mix two. The brief's segment and
directions are left out: copy speaks to whoever reads it, never of what is known about them.
"""

from __future__ import annotations

from dataclasses import dataclass

from adplat.domain import Brief, Fact

Message = dict[str, str]


@dataclass(frozen=True, slots=True)
class _Example:
    brand: str
    product: str
    fact: str
    answers: tuple[str, ...]  # one a shape


_SYSTEM = {
    "en": "You write one line of an ad. Say the fact in its own words and name the product. Add no other claim.",
    "zh": "你为广告写一行文案：原样写出卖点，并提到产品，不添加任何其他说法。",
}
_LABELS = {"en": ("Brand", "Product", "Fact"), "zh": ("品牌", "产品", "卖点")}
_EXAMPLES = {
    "en": (
        _Example(
            "Lumen",
            "Lumen Desk Lamp",
            "Dims to five levels",
            (
                "Lumen Desk Lamp: dims to five levels",
                "Meet the desk lamp that dims to five levels",
                "Dims to five levels: the Lumen Desk Lamp",
            ),
        ),
        _Example(
            "Orra",
            "Orra Wool Scarf",
            "Made of merino wool",
            (
                "The Orra scarf, made of merino wool",
                "Step out in the Orra Wool Scarf, made of merino wool",
                "Made of merino wool. Meet the Orra Wool Scarf",
            ),
        ),
        _Example(
            "Brewhaus",
            "Brewhaus Pour-Over Kit",
            "Ready in four minutes",
            (
                "Brewhaus coffee, ready in four minutes",
                "Start the day with Brewhaus: ready in four minutes",
                "Ready in four minutes: the Pour-Over Kit by Brewhaus",
            ),
        ),
    ),
    "zh": (
        _Example(
            "Lumen",
            "台灯",
            "五档亮度可调",
            ("Lumen 台灯，五档亮度可调", "认识一下五档亮度可调的台灯", "五档亮度可调，就选 Lumen"),
        ),
        _Example(
            "欧若",
            "羊毛围巾",
            "采用美利奴羊毛",
            ("欧若围巾，采用美利奴羊毛", "带上欧若羊毛围巾，采用美利奴羊毛", "采用美利奴羊毛，陪你每一天"),
        ),
        _Example(
            "晨滤",
            "手冲咖啡套装",
            "四分钟即可享用",
            ("晨滤手冲咖啡，四分钟即可享用", "每天来一杯晨滤，四分钟即可享用", "四分钟即可享用，认识一下晨滤"),
        ),
    ),
}
SHAPES = 3


def prompt_for(brief: Brief, fact: Fact, language: str, shape: int) -> list[Message]:
    """A conversation that ends where the model's line begins; ``shape`` is 0 to ``SHAPES`` - 1."""
    messages = [{"role": "system", "content": _SYSTEM[language]}]
    for example in _EXAMPLES[language]:
        messages.append({"role": "user", "content": _asked(language, example.brand, example.product, example.fact)})
        messages.append({"role": "assistant", "content": example.answers[shape]})
    asked = _asked(language, brief.brand.name, brief.product.names[language], fact.texts[language].strip())
    return [*messages, {"role": "user", "content": asked}]


def _asked(language: str, *values: str) -> str:
    colon = "：" if language == "zh" else ": "
    return "\n".join(f"{label}{colon}{value}" for label, value in zip(_LABELS[language], values, strict=True))
