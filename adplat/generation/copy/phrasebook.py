"""What a phrasebook of one language holds, and how a product is named in its sentences.

Patterns have the slots ``{brand}``, ``{name}`` (the product with its brand), ``{short}`` (without), ``{fact}``,
``{second}`` and ``{third}`` (facts in their own words), ``{price}`` and ``{call}``. Facts stand alone between marks of
punctuation: whatever a person wrote as a fact is then right grammar, and nothing is said that it does not say.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from adplat.domain import Brief, Fact, FactKind, Money

_ENDS = ".。;；,，:：、 "


@dataclass(frozen=True, slots=True)
class Phrasebook:
    """Patterns by part, the more telling first; those by category need no fact, since they claim nothing.

    Args:
        with_fact: by part; one fact each.
        with_more: for the longer parts; two or three facts.
        with_price: for a fact that tells a price.
        plain: by part; the product alone.
        by_category: lines for a group of products.
        groups: words of a product's category, by group.
        calls: a call to action by kind of fact; ``None``: for any.
        floor: short lines that fit everywhere.
        closing: what ends a sentence of a body.
    """

    with_fact: Mapping[str, tuple[str, ...]]
    with_more: Mapping[str, tuple[str, ...]]
    with_price: tuple[str, ...]
    plain: Mapping[str, tuple[str, ...]]
    by_category: Mapping[str, tuple[str, ...]]
    groups: Mapping[str, tuple[str, ...]]
    calls: Mapping[FactKind | None, tuple[str, ...]]
    calls_by_category: Mapping[str, tuple[str, ...]]
    floor: tuple[str, ...]
    currencies: Mapping[str, str]


def group_of(category: str, groups: Mapping[str, tuple[str, ...]]) -> str:
    """The group whose words the category holds; empty for none."""
    folded = category.casefold()
    return next((group for group, words in groups.items() if any(word in folded for word in words)), "")


def product_names(brief: Brief, language: str) -> tuple[str, str]:
    """The product with its brand, and without it."""
    brand, given = brief.brand.name, brief.product.names[language].strip()
    glue = "" if _is_full_width(given[:1]) and _is_full_width(brand[-1:]) else " "
    if brand.casefold() not in given.casefold():
        return f"{brand}{glue}{given}", given
    short = re.sub(rf"^{re.escape(brand)}(?:'s|’s)?[\s:,，-]*", "", given, flags=re.IGNORECASE).strip()
    return given, re.sub(r"^the\s+", "", short, flags=re.IGNORECASE) or given


def fact_words(fact: Fact, language: str) -> str:
    """The fact in its own words, begun with a capital and without its last full stop."""
    text = fact.texts.get(language, "").strip().rstrip(_ENDS)
    begins_plainly = text[:1].islower() and not text[1:2].isupper()  # not as in iPad
    return text[:1].upper() + text[1:] if begins_plainly else text


def price_words(price: Money, currencies: Mapping[str, str]) -> str:
    """The price as people write it: whole units without cents."""
    units, rest = divmod(price.amount_micros, 1_000_000)
    amount = f"{units:,}" if rest == 0 else f"{price.amount_micros / 1_000_000:,.2f}"
    return currencies.get(price.currency, "{amount} " + price.currency).format(amount=amount)


def tidy(text: str) -> str:
    """One space at a time, none before a mark, and one between Latin and Chinese words."""
    text = re.sub(r"\s+", " ", text).strip()
    text = re.sub(r"([?!？！])[.。]", r"\1", text)
    text = re.sub(r"(?<=[A-Za-z])(?=[\u4e00-\u9fff])|(?<=[\u4e00-\u9fff])(?=[A-Za-z])", " ", text)
    return re.sub(r"\s+([,.:;!?，。：；！？])", r"\1", text)


def _is_full_width(letter: str) -> bool:
    return "\u3000" <= letter <= "\u9fff"
