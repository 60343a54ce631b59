"""What an advertiser asks to be drafted: Brief, its facts and its brand kit.

Facts are the only source of claims: a sentence of a draft that says more than some fact says is not drafted, and where
one comes from elsewhere the review stops it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from adplat.domain.errors import ConfigRejected
from adplat.domain.money import Money


class SpecialCategory(StrEnum):
    """Lines of business whose targeting the networks limit; a brief says so itself."""

    NONE = "none"
    HOUSING = "housing"
    EMPLOYMENT = "employment"
    FINANCE = "finance"
    POLITICS = "politics"


class FactKind(StrEnum):
    """What a fact is about: it decides which words may stand round it, never what it says."""

    FEATURE = "feature"
    MATERIAL = "material"
    PRICE = "price"
    OFFER = "offer"
    AWARD = "award"
    SERVICE = "service"


@dataclass(frozen=True, slots=True)
class Fact:
    """Something true of the product, that copy may say.

    Args:
        fact_id: unique in its brief.
        texts: the fact in words, by language (``en``, ``zh``).
        price: the price it tells, when it tells one.
        proof: where it is substantiated, such as an address of the landing page; superlatives and numbers need one.
        kind: what it is about; its words should stand alone, as ``Free returns for 30 days`` does.
    """

    fact_id: str
    texts: Mapping[str, str]
    price: Money | None = None
    proof: str = ""
    kind: FactKind = FactKind.FEATURE


@dataclass(frozen=True, slots=True)
class BrandKit:
    """What a brand looks and sounds like.

    Args:
        name: as it must stand in the copy, the same in every language.
        palette: colours as ``#rrggbb``, the leading one first.
        logo_path: a picture with alpha, relative to the brief; empty where there is none: the name is drawn instead.
        banned_words: never in any copy, compared without case.
    """

    name: str
    palette: tuple[str, ...]
    logo_path: str = ""
    banned_words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Product:
    """What is advertised; ``image_path`` is relative to the brief; ``names`` by language."""

    names: Mapping[str, str]
    image_path: str
    category: str = ""


@dataclass(frozen=True, slots=True)
class Brief:
    """All that a draft is made from.

    Args:
        segment: for whom, in the words of the schema that the bundle was trained on, such as ``{"gender": "f"}``.
        placements: ids of placement rules (``configs/placements``).
        languages: ``en``, ``zh``; copy is drafted in each.
        directions: what an earlier round taught, such as ``prefer background: studio``; they steer, never override.
    """

    brief_id: str
    advertiser_id: str
    campaign_id: str
    product: Product
    facts: tuple[Fact, ...]
    brand: BrandKit
    placements: tuple[str, ...]
    languages: tuple[str, ...]
    landing_url: str = ""
    segment: Mapping[str, str] = field(default_factory=dict)
    special_category: SpecialCategory = SpecialCategory.NONE
    directions: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not self.facts:
            raise ConfigRejected("a brief has no facts", where="facts", hint="give at least one: claims come from them")
        ids = [fact.fact_id for fact in self.facts]
        if len(set(ids)) != len(ids):
            raise ConfigRejected("two facts have the same id", where="facts", hint="give each fact an id of its own")
        if not self.placements or not self.languages:
            raise ConfigRejected("a brief names no placement or no language", hint="name one of each at least")
