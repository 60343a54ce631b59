"""Which fact a written sentence rests on, and whether it says that fact, whole, and nothing more.

The test is strict and plain, since what passes is published. A sentence rests on *one* fact. It holds all telling words
of that fact, once, in the fact's order and with nothing that tells between them; before and after stand only words of
the product's name and words that claim nothing. Numbers stand with the neighbour they have in the fact (``240 g``,
never ``240 days``), and so do words that turn the meaning of others (``no``, ``free``, ``up to``). That refuses many a
good sentence; it also refuses ``the shoe is recycled`` where the fact says that its upper is.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container, Iterator, Sequence

from adplat.domain import Brief, Fact
from adplat.generation.copy.language_words import (
    BOUND_ENGLISH,
    CLAIMS_CHINESE,
    CLAIMS_ENGLISH,
    JOINING_ENGLISH,
    NEUTRAL_CHINESE,
    NEUTRAL_ENGLISH,
    UNITS,
)

_TOKEN = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_]+(?:['’][^\W\d_]+)*|[$€£¥%]", re.UNICODE)
_CHINESE = re.compile(r"[\u3400-\u9fff]")
_SUFFIX = re.compile(r"(?:ing|ed|es|s|'s|’s)$")


def tokens_of(text: str) -> list[str]:
    """Words, numbers, signs of currency; a Chinese run is one token a letter. Lower case, units in one spelling."""
    tokens: list[str] = []
    for word in _TOKEN.findall(unicodedata.normalize("NFKC", text).casefold()):
        parts = re.findall(r"[\u3400-\u9fff]|[^\u3400-\u9fff]+", word) if _CHINESE.search(word) else [word]
        tokens.extend(UNITS.get(part, part) for part in parts)
    return tokens


def says_just(text: str, fact: Fact, brief: Brief, language: str) -> str:
    """Empty if ``text`` says this fact and nothing else, otherwise what is wrong with it."""
    told, said = tokens_of(fact.texts[language]), tokens_of(text)
    names = tokens_of(f"{brief.brand.name} {brief.product.names[language]}")
    if language == "zh":
        return _quotes(told, said, names)
    told_stems, name_stems = [_stem(token) for token in told], {_stem(token) for token in names}
    for place, token in enumerate(said):
        stem = _stem(token)
        if stem not in told_stems and stem not in name_stems and token not in NEUTRAL_ENGLISH:
            return _why_not(token, CLAIMS_ENGLISH)
        if (token[0].isdigit() or token in BOUND_ENGLISH) and token not in names:
            if token not in told:
                return _why_not(token, CLAIMS_ENGLISH)
            if not _beside_as_told(token, said, place, told):
                return "a number or a turning word beside another word than in the fact"
    needed = [_stem(token) for token in told if token not in NEUTRAL_ENGLISH] or told_stems
    return _holds_once(needed, [_stem(token) for token in said], said, name_stems)


def _holds_once(needed: Sequence[str], stems: Sequence[str], said: Sequence[str], names: Container[str]) -> str:
    """The needed words stand there in their order and once, and nothing that tells stands between them."""
    places: list[int] = []
    for word in needed:
        start = places[-1] + 1 if places else 0
        if word not in stems[start:]:
            return "says less than the fact"
        places.append(stems.index(word, start))
    between = [
        place for place in range(places[0], places[-1]) if place not in places and said[place] not in JOINING_ENGLISH
    ]
    if between:
        return "other words between those of the fact"
    again = [
        stems[at] for at in range(len(stems)) if at not in places and stems[at] in needed and stems[at] not in names
    ]
    return "a word of the fact where the fact has none" if again else ""


def _quotes(told: Sequence[str], said: Sequence[str], names: Sequence[str]) -> str:
    """Chinese facts are quoted: without words between letters, their order is all that keeps their meaning."""
    length = len(told)
    place = next((at for at in range(len(said) - length + 1) if list(said[at : at + length]) == list(told)), None)
    rest = list(said) if place is None else [*said[:place], "", *said[place + length :]]
    free = _neutral_places(rest)
    for token, neutral in zip(rest, free, strict=True):
        if token and not neutral and token not in names:
            if place is None and token in told:
                continue
            return _why_not(token, CLAIMS_CHINESE)
    return "says less than the fact" if place is None else ""


def fact_said(text: str, brief: Brief, language: str) -> tuple[str, str]:
    """The id of the fact that ``text`` says, and empty; or empty, and the kindest reason that any fact gave."""
    reasons = []
    for fact in brief.facts:
        if fact.texts.get(language, "").strip():
            reason = says_just(text, fact, brief, language)
            if not reason:
                return fact.fact_id, ""
            reasons.append(reason)
    return "", min(reasons, key=_KINDEST_FIRST.index, default="rests on no fact")


_KINDEST_FIRST = (
    "a word of the fact where the fact has none",
    "other words between those of the fact",
    "says less than the fact",
    "a number or a turning word beside another word than in the fact",
    "a number that no fact has",
    "a claim that no fact makes",
    "a word that no fact has",
    "rests on no fact",
)


def _why_not(token: str, claims: Container[str]) -> str:
    if token[0].isdigit():
        return "a number that no fact has"
    return "a claim that no fact makes" if token in claims else "a word that no fact has"


def _stem(token: str) -> str:
    """``sole`` and ``soles`` alike: the commonest endings taken away, nothing cleverer."""
    bare = _SUFFIX.sub("", token) if len(token) > 4 else token
    return bare[:-1] if len(bare) > 3 and bare[-1] in "se" else bare


def _neutral_places(tokens: Sequence[str]) -> list[bool]:
    free = [False] * len(tokens)
    place = 0
    while place < len(tokens):
        length = next(_phrases_at(tokens, place), 0)
        free[place : place + length] = [True] * length
        place += length or 1
    return free


def _phrases_at(tokens: Sequence[str], place: int) -> Iterator[int]:
    """Lengths of the neutral phrases that begin here, the longest first."""
    for phrase in sorted(NEUTRAL_CHINESE, key=len, reverse=True):
        if list(phrase) == list(tokens[place : place + len(phrase)]):
            yield len(phrase)


def _beside_as_told(token: str, said: Sequence[str], place: int, told: Sequence[str]) -> bool:
    """Whether the token has a neighbour in the sentence, the same side, that it has in the fact."""
    pairs = [
        (told[at - 1] if at else "", told[at + 1] if at + 1 < len(told) else "")
        for at, word in enumerate(told)
        if word == token
    ]
    before = said[place - 1] if place else ""
    after = said[place + 1] if place + 1 < len(said) else ""
    return any(
        _stem(after) == _stem(right) if right else _stem(before) == _stem(left)
        for left, right in pairs
        if left or right
    ) or any(not left and not right for left, right in pairs)
