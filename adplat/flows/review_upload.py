"""Any creative that somebody hands in, ours or not: its picture, its words, or both, at one place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from adplat.artwork import OpenedPicture
from adplat.data import load_placements
from adplat.domain import BrandKit, ConfigRejected, Fact, PlacementRules, SpecialCategory, UnknownReference
from adplat.flows.describe_drafts import review_document
from adplat.review import Subject, Words, review_creative


@dataclass(frozen=True, slots=True)
class HandedIn:
    """What is known of it; ``facts`` ``None``: not told, so that claims go to a person. ``whole``: see Subject."""

    placement: str
    picture: OpenedPicture | None = None
    words: tuple[Words, ...] | None = None
    facts: tuple[Fact, ...] | None = None
    brand: BrandKit | None = None
    special_category: SpecialCategory | None = None
    whole: bool = False


def review_upload(
    given: HandedIn, placements: Mapping[str, PlacementRules] | None = None, *, reads_letters: bool = True
) -> dict[str, Any]:
    """Verdict and findings. Raises UnknownReference for a place that is none, ConfigRejected where nothing is given."""
    known = load_placements() if placements is None else placements
    rules = known.get(given.placement)
    if rules is None:
        raise UnknownReference(
            f"no placement {given.placement[:60]!r}", where="placement", hint=f"known: {', '.join(sorted(known))}"
        )
    if given.picture is None and not given.words:
        raise ConfigRejected("neither a picture nor words", where="image", hint="give one of both at least")
    subject = Subject(
        placement=rules,
        opened=given.picture,
        words=given.words,
        facts=given.facts,
        brand=given.brand,
        special_category=given.special_category,
        whole=given.whole,
    )
    return review_document(review_creative(subject, read_letters=reads_letters))


def words_of(parts: Sequence[tuple[str, str]], language: str) -> tuple[Words, ...]:
    """Copy by part, in one language."""
    return tuple(Words(part, text, language) for part, text in parts)
