"""A folder of creatives whose fault is known (or that have none), as subjects of a review.

``set.json`` holds ``briefs`` by name and ``cases``; pictures and files lie beside it. The project's own set is written
by ``python -m tests.review.planted OUT``; anybody's set of the same shape is read alike.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from adplat.artwork import open_upload
from adplat.data import as_config, load_placements, read_document
from adplat.domain import (
    Artwork,
    BrandKit,
    ConfigRejected,
    Fact,
    Making,
    Money,
    PlacementRules,
    Product,
    SpecialCategory,
)
from adplat.domain.money import MICROS_PER_UNIT
from adplat.review import Subject, Words

if TYPE_CHECKING:
    from PIL.Image import Image


@dataclass(frozen=True, slots=True)
class ReviewCase:
    """One creative; ``rule`` is the one it breaks, empty for none; ``weight``: how heavy the objection is at least.

    Args:
        half: ``open`` where the rules were mended while looking at it, ``held`` where they were not.
        file: of the folder; ``file_name`` is what it is called as an upload.
        drawn: a picture of the folder, its pixels before encoding.
        assets: files of the folder by the hash that elements name.
    """

    case_id: str
    placement: str
    rule: str = ""
    half: str = "held"
    weight: str = "hold"
    brief: str = ""
    words: tuple[Words, ...] | None = None
    file: str = ""
    file_name: str = ""
    artwork: Artwork | None = None
    assets: Mapping[str, str] = field(default_factory=dict)
    drawn: str = ""
    makings: tuple[Making, ...] | None = None


def read_review_set(folder: Path) -> tuple[tuple[ReviewCase, ...], Mapping[str, Mapping[str, Any]]]:
    """The cases, and what their briefs tell a subject. Raises MissingInput and ConfigRejected."""
    where = str(folder / "set.json")
    document = read_document(folder / "set.json")
    cases = tuple(
        as_config(case, ReviewCase, where=f"{where}: cases[{number}]")
        for number, case in enumerate(document.get("cases", ()))
    )
    if not cases:
        raise ConfigRejected("the set has no cases", where=where, hint="write it anew")
    briefs = {name: _told(told, f"{where}: {name}") for name, told in document.get("briefs", {}).items()}
    return cases, briefs


def subjects_of(
    folder: Path, cases: tuple[ReviewCase, ...], briefs: Mapping[str, Mapping[str, Any]]
) -> Iterator[tuple[ReviewCase, Subject]]:
    """Each case as a subject, opened when its turn comes. Raises UnknownReference for a placement nobody knows."""
    placements = load_placements()
    for case in cases:
        yield case, _subject(folder, case, briefs, placements)


def _subject(
    folder: Path,
    case: ReviewCase,
    briefs: Mapping[str, Mapping[str, Any]],
    placements: Mapping[str, PlacementRules],
) -> Subject:
    if case.placement not in placements or (case.brief and case.brief not in briefs):
        raise ConfigRejected(
            "a case names an unknown placement or brief", where=case.case_id, hint="write the set anew"
        )
    opened = open_upload((folder / case.file).read_bytes(), case.file_name) if case.file else None
    return Subject(
        placements[case.placement],
        opened=opened,
        artwork=case.artwork,
        assets={name: _picture(folder / kept) for name, kept in case.assets.items()},
        drawn=_picture(folder / case.drawn).convert("RGB") if case.drawn else None,
        words=case.words,
        makings=case.makings,
        **briefs.get(case.brief, {}),
    )


@lru_cache(maxsize=64)
def _picture(path: Path) -> Image:
    from PIL import Image as Pictures

    with Pictures.open(path) as file:
        file.load()
        return file.copy()


def _told(told: Mapping[str, Any], where: str) -> dict[str, Any]:
    facts = tuple(
        Fact(
            fact["fact_id"],
            fact["texts"],
            Money(round(fact["price"][0] * MICROS_PER_UNIT), fact["price"][1]) if "price" in fact else None,
            fact.get("proof", ""),
        )
        for fact in told["facts"]
    )
    return {
        "facts": facts,
        "brand": as_config(told["brand"], BrandKit, where=f"{where}: brand"),
        "product": as_config(told["product"], Product, where=f"{where}: product"),
        "special_category": SpecialCategory(told["special_category"]),
    }
