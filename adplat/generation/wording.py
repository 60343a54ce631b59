"""The words of drafts at one place in one language: what a copywriter gives for each part, and one choice of them.

What stands on the picture is a headline, a button and, where the place is drawn all by us (display), a line of body and
the price; what a network sets beside the picture itself is in the copy and not on the picture.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from adplat.artwork import display_width
from adplat.domain import (
    Brief,
    Copywriter,
    DraftCopy,
    Making,
    OnExcess,
    PlacementRules,
    Sentence,
    Source,
    TextLimit,
)
from adplat.generation.copy.phrasebook import price_words
from adplat.generation.copy.templates import PHRASEBOOKS
from adplat.generation.directions import read_directions, steered
from adplat.generation.layouts import Words

DISPLAY = "display"
_OURS = Source("docs/generation.md", date(2026, 11, 26), owner_sourced=False)
# What our layouts hold, for a place that says nothing of copy.
_DRAWN = {"headline": 40, "body": 70, "cta": 18}


@dataclass(frozen=True, slots=True)
class Wording:
    """Sentences by part, the best first; ``draws_all``: body and price stand on the picture too."""

    brief: Brief
    language: str
    limits: tuple[TextLimit, ...]
    texts: Mapping[str, tuple[Sentence, ...]]
    draws_all: bool

    def count(self, part: str) -> int:
        """How many different ones there are to choose from."""
        return len(self.texts.get(part, ()))


def word(copywriter: Copywriter, brief: Brief, rules: PlacementRules, language: str, wanted: int, seed: int) -> Wording:
    """``wanted`` headlines and buttons, and of every other part what the place asks for. Raises ConfigRejected."""
    limits = {limit.part: limit for limit in rules.texts}
    if rules.image is not None:
        for part, width in _DRAWN.items():
            if part in ("headline", "cta") or (part == "body" and not rules.texts):
                limits.setdefault(part, TextLimit(part, width, OnExcess.TRUNCATE, _OURS, most=1))
    texts = {}
    for part, limit in limits.items():
        fewest = max(limit.fewest, 1)
        asked = max(fewest, wanted) if part in ("headline", "cta") else fewest + 1
        texts[part] = _steered(part, copywriter.write(brief, limit, language, asked, seed), brief)
    return Wording(brief, language, tuple(limits.values()), texts, rules.network == DISPLAY or not rules.texts)


def chosen(wording: Wording, headline: int = 0, cta: int = 0, *, names_brand: bool = True) -> DraftCopy:
    """One choice: this headline and this button first, then what the place asks for besides.

    A number past the last one takes the last one. The first line of body rests on other facts than the headline, where
    there is one. Without ``names_brand`` headlines that do not name it come first: for a picture on which the brand
    stands anyway, where naming it again says nothing.
    """
    headlines = wording.texts.get("headline", ())
    if not names_brand:
        headlines = tuple(sorted(headlines, key=lambda one: wording.brief.brand.name in one.text))
    first = {"headline": _nth(headlines, headline), "cta": _nth(wording.texts.get("cta", ()), cta)}
    said = first["headline"].fact_ids if first["headline"] is not None else ()
    found: list[Sentence] = []
    for limit in wording.limits:
        texts = wording.texts.get(limit.part, ())
        leading = first.get(limit.part)
        if leading is None:
            leading = next((one for one in texts if not set(one.fact_ids) & set(said)), texts[0] if texts else None)
        if leading is not None:
            found += _set_of(limit, leading, texts)
    price = _price(wording)
    if price is not None and not set(price.fact_ids) & set(said):
        found.append(price)
    return DraftCopy(wording.language, tuple(found))


def drawn_words(wording: Wording, copy: DraftCopy) -> Words:
    """What of it stands on the picture."""
    return Words(
        headline=copy.part("headline"),
        cta=copy.part("cta"),
        brand=wording.brief.brand.name,
        body=copy.part("body") if wording.draws_all else "",
        price=copy.part("price"),
    )


def without(copy: DraftCopy, parts: tuple[str, ...]) -> DraftCopy:
    """Without parts that found no room on the picture."""
    return DraftCopy(copy.language, tuple(one for one in copy.sentences if one.part not in parts))


def _steered(part: str, texts: tuple[Sentence, ...], brief: Brief) -> tuple[Sentence, ...]:
    """Lines that a direction names come first, or last."""
    order = steered(part, [one.text for one in texts], read_directions(brief.directions))
    return tuple(sorted(texts, key=lambda one: order.index(one.text)))


def _set_of(limit: TextLimit, leading: Sentence, texts: tuple[Sentence, ...]) -> list[Sentence]:
    """As many as are asked for, ``leading`` first, a short one among them where one must be."""
    others = [one for one in texts if one.text != leading.text]
    picked = [leading, *others[: max(limit.fewest, 1) - 1]]
    short = limit.short_width
    if short is not None and not any(display_width(one.text) <= short for one in picked):
        brief_one = next((one for one in others if display_width(one.text) <= short), None)
        if brief_one is not None:
            picked = [*picked[:-1], brief_one] if len(picked) > 1 else [leading, brief_one]
    return picked


def _nth(texts: tuple[Sentence, ...], number: int) -> Sentence | None:
    return texts[min(number, len(texts) - 1)] if texts else None


def _price(wording: Wording) -> Sentence | None:
    """The price that a fact tells, where the place is drawn all by us."""
    if not wording.draws_all:
        return None
    for fact in wording.brief.facts:
        if fact.price is not None and fact.texts.get(wording.language):
            text = price_words(fact.price, PHRASEBOOKS[wording.language].currencies)
            return Sentence("price", text, wording.language, (fact.fact_id,), Making("template", 0))
    return None
