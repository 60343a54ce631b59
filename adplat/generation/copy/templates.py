"""Copy by templates: the floor below every other copywriter, and what drafts are made with when no model is at hand.

Every sentence is a pattern of a phrasebook with facts of the brief in their own words. Which facts and patterns come
first is drawn from the seed; neighbours in the list differ in their fact, so that the first few already differ.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest

import numpy as np

from adplat.artwork import display_width
from adplat.domain import Brief, ConfigRejected, Fact, FactKind, Making, Sentence, SpecialCategory, TextLimit
from adplat.generation.brief_checks import holds_banned_word
from adplat.generation.copy.chinese import CHINESE
from adplat.generation.copy.english import ENGLISH
from adplat.generation.copy.phrasebook import Phrasebook, fact_words, group_of, price_words, product_names, tidy
from adplat.generation.directions import read_directions, steered

PHRASEBOOKS = {"en": ENGLISH, "zh": CHINESE}
WITH_BRAND = frozenset({"long_headline", "business_name"})  # each sentence of these parts names it
WITH_BRAND_FIRST = frozenset({"headline", "description", "body"})  # the first one does, where one that does fits
_FAMILY = {"description": "headline"}


@dataclass(frozen=True, slots=True)
class _Line:
    text: str
    facts: tuple[str, ...] = ()


class TemplateCopywriter:
    """The ``Copywriter`` that needs no model."""

    def write(self, brief: Brief, limit: TextLimit, language: str, wanted: int, seed: int) -> tuple[Sentence, ...]:
        """Up to ``wanted`` sentences within ``limit``, the best first; one at least.

        Raises ConfigRejected where the banned words leave nothing that fits.
        """
        return arranged(self.fitting(brief, limit, language, seed), brief, limit, wanted)

    def fitting(self, brief: Brief, limit: TextLimit, language: str, seed: int) -> list[Sentence]:
        """All that it can say within ``limit``, without repeating itself."""
        book = PHRASEBOOKS[language]
        drawn = np.random.default_rng([seed & 0xFFFFFFFF, zlib.crc32(f"{limit.part} {language}".encode())])
        brand = brief.brand.name
        lines: Iterator[_Line]
        if limit.part == "business_name":
            lines = iter([_Line(brand)])
        elif limit.part == "cta":
            lines = _calls(brief, book, language, drawn)
        else:
            lines = _sentences(brief, book, language, _FAMILY.get(limit.part, limit.part), drawn)
        making = Making(by="template", seed=seed)
        seen: set[str] = set()
        found: list[Sentence] = []
        for line in (*lines, *(_Line(text) for text in book.floor), _Line(brand)):
            due = limit.part in WITH_BRAND and brand not in line.text
            if line.text.casefold() in seen or due or display_width(line.text) > limit.most_width:
                continue
            if not holds_banned_word(line.text, brief.brand.banned_words):
                seen.add(line.text.casefold())
                found.append(Sentence(limit.part, line.text, language, line.facts, making))
        return found


def arranged(found: Sequence[Sentence], brief: Brief, limit: TextLimit, wanted: int) -> tuple[Sentence, ...]:
    """The first ``wanted``, one of them short where one must be, one with the brand in front. Raises ConfigRejected."""
    if not found:
        raise ConfigRejected(
            f"the banned words leave no {limit.part} that fits", where="brand.banned_words", hint="shorten the list"
        )
    by_text = {one.text: one for one in found}
    ordered = [by_text[text] for text in steered(limit.part, list(by_text), read_directions(brief.directions))]
    if limit.part in WITH_BRAND_FIRST:
        first = next((place for place, one in enumerate(ordered) if brief.brand.name in one.text), 0)
        ordered.insert(0, ordered.pop(first))
    chosen = ordered[: max(wanted, 1)]
    short = limit.short_width
    if short is not None and not any(display_width(one.text) <= short for one in chosen):
        fitting = next((one for one in ordered if display_width(one.text) <= short), None)
        if fitting is not None:
            chosen[-1] = fitting
    return tuple(chosen)


def facts_told(brief: Brief, language: str, drawn: np.random.Generator) -> list[Fact]:
    """The facts that are told in ``language``, drawn, then steered by directions."""
    told = [fact for fact in brief.facts if fact.texts.get(language, "").strip()]
    told = [told[place] for place in drawn.permutation(len(told))]
    by_id = {fact.fact_id: fact for fact in told}
    return [by_id[name] for name in steered("fact", list(by_id), read_directions(brief.directions))]


def _sentences(brief: Brief, book: Phrasebook, language: str, part: str, drawn: np.random.Generator) -> Iterator[_Line]:
    """Round by round: a line for each fact, then the next pattern for each; lines without a fact after the second."""
    facts = facts_told(brief, language, drawn)
    columns = [list(_lines_of(brief, book, language, part, facts, place, drawn)) for place in range(len(facts))]
    group = group_of(brief.product.category, book.groups)
    patterns = [*book.plain[part], *(book.by_category.get(group, ()) if part == "headline" else ())]
    plain = [_Line(_filled(pattern, brief, book, language)) for pattern in _mixed(patterns, drawn)]
    for number, rank in enumerate(zip_longest(*columns)):
        if number == 2:
            yield from plain
        yield from (line for line in rank if line is not None)
    yield from plain  # again where there were fewer rounds; what was there is not repeated


def _lines_of(
    brief: Brief,
    book: Phrasebook,
    language: str,
    part: str,
    facts: Sequence[Fact],
    place: int,
    drawn: np.random.Generator,
) -> Iterator[_Line]:
    fact = facts[place]
    others = [facts[(place + step) % len(facts)] for step in (1, 2)] if len(facts) > 2 else list(facts[:place])
    told = (fact, *others)
    for pattern in _mixed(book.with_more.get(part, ()), drawn):
        needed = 3 if "{third}" in pattern else 2
        if len(told) >= needed:
            yield _line(pattern, brief, book, language, told[:needed])
    priced = book.with_price if fact.price is not None and part in {"headline", "long_headline"} else ()
    for pattern in (*_mixed(priced, drawn), *_mixed(book.with_fact[part], drawn)):
        yield _line(pattern, brief, book, language, (fact,))


def _line(pattern: str, brief: Brief, book: Phrasebook, language: str, facts: Sequence[Fact]) -> _Line:
    return _Line(_filled(pattern, brief, book, language, facts), tuple(fact.fact_id for fact in facts))


def _filled(pattern: str, brief: Brief, book: Phrasebook, language: str, facts: Sequence[Fact] = ()) -> str:
    name, short = product_names(brief, language)
    slots = {"brand": brief.brand.name, "name": name, "short": short, "call": _first_call(brief, book)}
    for slot, fact in zip(("fact", "second", "third"), facts, strict=False):
        slots[slot] = fact_words(fact, language)
    if facts and facts[0].price is not None:
        slots["price"] = price_words(facts[0].price, book.currencies)
    return tidy(pattern.format(**slots))


def _calls(brief: Brief, book: Phrasebook, language: str, drawn: np.random.Generator) -> Iterator[_Line]:
    if brief.special_category is not SpecialCategory.NONE:  # nothing there is bought with a button
        yield from (_Line(text) for text in book.calls_by_category[brief.special_category.value])
        return
    group = group_of(brief.product.category, book.groups)
    yield from (_Line(text) for text in _mixed(book.calls_by_category.get(group, ()), drawn))
    yield _Line(_first_call(brief, book))
    kinds: dict[FactKind, str] = {}
    for fact in facts_told(brief, language, drawn):
        kind = FactKind.PRICE if fact.price is not None and fact.kind is FactKind.FEATURE else fact.kind
        kinds.setdefault(kind, fact.fact_id)
    yield from (
        _Line(text, (fact_id,)) for kind, fact_id in kinds.items() for text in _mixed(book.calls.get(kind, ()), drawn)
    )
    yield from (_Line(text) for text in book.calls[None])


def _first_call(brief: Brief, book: Phrasebook) -> str:
    special = brief.special_category
    return book.calls[None][0] if special is SpecialCategory.NONE else book.calls_by_category[special.value][0]


def _mixed(patterns: Sequence[str], drawn: np.random.Generator) -> list[str]:
    """Drawn anew, yet the earlier ones mostly stay earlier: each may move two places."""
    order = np.argsort(np.arange(len(patterns)) + drawn.uniform(0.0, 2.5, size=len(patterns)), kind="stable")
    return [patterns[place] for place in order]
