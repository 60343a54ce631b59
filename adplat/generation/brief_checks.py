"""Whether drafts can be made from a brief: languages, placements, lengths, letters, colours; one sentence an objection.

What the brief's words themselves refuse (no fact, one id twice) is said by ``adplat.domain``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from difflib import get_close_matches

from adplat.artwork import display_width, first_emoji, first_from_the_right, first_unseen
from adplat.domain import Brief, ConfigRejected, PlacementRules

LANGUAGES = ("en", "zh")
MOST_FACTS = 50
MOST_WIDTH_OF_FACT = 300
MOST_WIDTH_OF_NAME = 120
MOST_BANNED_WORDS = 1_000
MOST_DIRECTIONS = 20
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
_BARRED_LETTERS = {"braces": "{}｛｝", "hash": "#＃"}


def check_brief(brief: Brief, placements: Mapping[str, PlacementRules]) -> None:
    """Raise ConfigRejected for the first thing that stands in the way of drafting."""
    for field, name in (
        ("brief_id", brief.brief_id),
        ("advertiser_id", brief.advertiser_id),
        ("campaign_id", brief.campaign_id),
        *((f"facts[{place}].fact_id", fact.fact_id) for place, fact in enumerate(brief.facts)),
    ):
        if not _ID.fullmatch(name):
            raise ConfigRejected(
                f"{name[:70]!r} is no id", where=field, hint="letters, digits, dot, dash and underscore, 64 at most"
            )
    _check_languages(brief)
    _check_placements(brief, placements)
    _check_sizes(brief)
    _check_letters(brief, placements)
    _check_brand(brief, placements)
    for place, fact in enumerate(brief.facts):
        if fact.price is not None and fact.price.amount_micros <= 0:
            raise ConfigRejected(
                f"a price of {fact.price.amount_micros:,} micros",
                where=f"facts[{place}].price.amount_micros",
                hint="more than 0: millionths of one unit of the currency; leave the price out where there is none",
            )


def _check_languages(brief: Brief) -> None:
    for language in brief.languages:
        if language not in LANGUAGES:
            raise ConfigRejected(
                f"unknown language {language[:20]!r}", where="languages", hint=f"known: {', '.join(LANGUAGES)}"
            )
        if not brief.product.names.get(language, "").strip():
            raise ConfigRejected(
                f"the product has no name in {language!r}",
                where="product.names",
                hint=f"add 'names: {{{language}: …}}'",
            )
        if not any(fact.texts.get(language, "").strip() for fact in brief.facts):
            raise ConfigRejected(
                f"no fact is told in {language!r}", where="facts", hint=f"add '{language}' to the texts of one at least"
            )
    if len(set(brief.languages)) < len(brief.languages):
        raise ConfigRejected("a language is named twice", where="languages", hint="name each once")


def _check_placements(brief: Brief, placements: Mapping[str, PlacementRules]) -> None:
    for name in brief.placements:
        if name not in placements:
            near = get_close_matches(name, placements, n=1)
            hint = f"did you mean {near[0]!r}?" if near else f"known: {', '.join(sorted(placements))}"
            raise ConfigRejected(f"unknown placement {name[:60]!r}", where="placements", hint=hint)
    if len(set(brief.placements)) < len(brief.placements):
        raise ConfigRejected("a placement is named twice", where="placements", hint="name each once")


def _check_sizes(brief: Brief) -> None:
    for what, count, most in (
        ("facts", len(brief.facts), MOST_FACTS),
        ("brand.banned_words", len(brief.brand.banned_words), MOST_BANNED_WORDS),
        ("directions", len(brief.directions), MOST_DIRECTIONS),
        ("brand.palette", len(brief.brand.palette), 12),
    ):
        if count > most:
            raise ConfigRejected(f"{count} are too many", where=what, hint=f"give {most} at most")
    for where, text in _words_of(brief):
        most = MOST_WIDTH_OF_FACT if where.startswith(("facts", "directions")) else MOST_WIDTH_OF_NAME
        width = display_width(text)
        if not text.strip():
            raise ConfigRejected("the text is empty", where=where, hint="write it, or leave the line out")
        if width > most:
            raise ConfigRejected(f"the text is {width} wide", where=where, hint=f"{most} at most; say it shorter")


def _check_letters(brief: Brief, placements: Mapping[str, PlacementRules]) -> None:
    for where, text in _words_of(brief):
        right = first_from_the_right(text)
        if right:
            raise ConfigRejected(
                f"right-to-left text (U+{ord(right):04X})", where=where, hint="letters are set from the left only"
            )
        emoji = first_emoji(text)
        barring = next((name for name in brief.placements if _bars_emoji(placements[name])), "")
        if emoji and barring:
            raise ConfigRejected(
                f"an emoji (U+{ord(emoji):04X})",
                where=where,
                hint=f"{barring} does not take it, or it would have to be drawn there; leave it out",
            )
        unseen = "" if emoji else first_unseen(text)
        if unseen:
            raise ConfigRejected(
                f"a line break or control character (U+{ord(unseen):04X})", where=where, hint="write one plain line"
            )
        for name in brief.placements:
            for bar in placements[name].bars:
                found = next((letter for letter in _BARRED_LETTERS.get(bar, "") if letter in text), "")
                if found:
                    raise ConfigRejected(f"{found!r} is barred at {name}", where=where, hint="leave it out")


def _bars_emoji(rules: PlacementRules) -> bool:
    return rules.image is not None or "emoji" in rules.bars


def _check_brand(brief: Brief, placements: Mapping[str, PlacementRules]) -> None:
    brand = brief.brand
    if not brand.palette:
        raise ConfigRejected("the palette is empty", where="brand.palette", hint="give one colour at least: '#1a2b3c'")
    for colour in brand.palette:
        if not _COLOUR.fullmatch(colour):
            raise ConfigRejected(
                f"{colour[:30]!r} is no colour", where="brand.palette", hint="write it as '#1a2b3c', in quotes"
            )
    width = display_width(brand.name)
    for name in brief.placements:
        for limit in placements[name].texts:
            if limit.part != "cta" and width > limit.most_width:
                raise ConfigRejected(
                    f"the brand's name is {width} wide, and {limit.most_width} fit into the {limit.part} of {name}",
                    where="brand.name",
                    hint="give the short name that the brand goes by",
                )
    for where, text in _words_of(brief):
        banned = holds_banned_word(text, brand.banned_words)
        if banned and not where.startswith(("brand.banned", "directions")):
            raise ConfigRejected(
                f"it holds the banned word {banned!r}",
                where=where,
                hint="say it otherwise, or take the word off the list",
            )
    if brief.landing_url and not re.match(r"https?://[^\s/]+", brief.landing_url):
        raise ConfigRejected(
            f"{brief.landing_url[:60]!r} is no address", where="landing_url", hint="begin with https://"
        )


def holds_banned_word(text: str, banned: tuple[str, ...]) -> str:
    """The first banned word in ``text``, compared without case; Latin words count whole, Chinese ones anywhere."""
    folded = text.casefold()
    for word in banned:
        pattern = re.escape(word.casefold().strip())
        edge_before = r"(?<![a-z0-9])" if re.match(r"[a-z0-9]", pattern) else ""
        edge_after = r"(?![a-z0-9])" if re.search(r"[a-z0-9]$", pattern) else ""
        if pattern and re.search(f"{edge_before}{pattern}{edge_after}", folded):
            return word
    return ""


def _words_of(brief: Brief) -> Iterator[tuple[str, str]]:
    yield "brand.name", brief.brand.name
    for language, name in brief.product.names.items():
        yield f"product.names.{language}", name
    for place, fact in enumerate(brief.facts):
        for language, text in fact.texts.items():
            yield f"facts[{place}].texts.{language}", text
    for place, word in enumerate(brief.brand.banned_words):
        yield f"brand.banned_words[{place}]", word
    for place, line in enumerate(brief.directions):
        yield f"directions[{place}]", line
