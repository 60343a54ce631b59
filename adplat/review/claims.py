"""What rules of claims share: find a claim in the copy, ask the facts for the same one.

A claim is known by a key that is the same in every language (``fast``, ``money_back``), so that a Chinese headline may
rest on an English fact. With facts, a claim that none of them makes fails; where nobody told facts, a person decides.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from adplat.domain import Fact, Objection, Weight
from adplat.review.eyes import Eyes
from adplat.review.rule import Look, Rule, Saying
from adplat.review.spoken import everything, quoted, without_names
from adplat.review.subject import Subject


@dataclass(frozen=True, slots=True)
class Claim:
    """Something claimed: its key, and the words that make it."""

    key: str
    words: str


Finder = Callable[[str], Iterator[Claim]]


def finder(patterns: Mapping[str, str], besides: str = "") -> Finder:
    """A finder of claims by regular expressions, keyed; what ``besides`` matches is no claim and blotted out first."""
    compiled = {key: re.compile(pattern, re.IGNORECASE) for key, pattern in patterns.items()}
    harmless = re.compile(besides, re.IGNORECASE) if besides else None

    def find(text: str) -> Iterator[Claim]:
        if harmless is not None:
            text = harmless.sub(lambda found: "·" * len(found.group()), text)
        for key, pattern in compiled.items():  # the narrow ones stand first, and what they took is not found again
            for match in pattern.finditer(text):
                yield Claim(key, match.group())
            text = pattern.sub(lambda found: "·" * len(found.group()), text)

    return find


def claims_say(what: str, fix: str) -> dict[str, Saying]:
    """The sayings of a rule of claims; ``what`` names such a claim in the evidence."""
    told = f"{{part}} has {what}, {{words}}"
    return {
        "no_facts": Saying(f"{told}, and no facts were given", fix),
        "no_proof": Saying(f"{told}, whose fact names no proof", fix),
        "no_fact": Saying(f"{told}, which no fact makes", fix),
    }


def claims_look(rule: Callable[[], Rule], find: Finder, *, needs_proof: bool = False) -> Look:
    """The look of a rule of claims.

    Args:
        needs_proof: whether a fact must also say where it is substantiated.
    """

    def look(subject: Subject, eyes: Eyes) -> Iterator[Objection]:
        facts = subject.facts
        borne = claims_of(facts, find, needs_proof=needs_proof) if facts is not None else frozenset()
        unproven = claims_of(facts, find) - borne if facts is not None else frozenset()
        told: set[tuple[str, str]] = set()
        for spoken in everything(subject, eyes):
            for claim in find(without_names(spoken.plain, subject.own_names)):
                if claim.key in borne or (spoken.part, claim.key) in told:
                    continue
                told.add((spoken.part, claim.key))
                yield _objection(rule(), claim, spoken.part, subject, unproven=claim.key in unproven)

    return look


def claims_of(facts: tuple[Fact, ...], find: Finder, *, needs_proof: bool = False) -> frozenset[str]:
    """Keys of the claims that facts make, in any language."""
    return frozenset(
        claim.key
        for fact in facts
        if fact.proof or not needs_proof
        for text in fact.texts.values()
        for claim in find(text)
    )


def _objection(rule: Rule, claim: Claim, part: str, subject: Subject, *, unproven: bool) -> Objection:
    details = {"part": part, "words": quoted(claim.words)}
    if subject.facts is None:
        return rule.objection(Weight.HOLD, "no_facts", details)
    return rule.objection(Weight.FAIL, "no_proof" if unproven else "no_fact", details)
