"""A brief, its pictures and what drafts are made with, for tests of drafting."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from typing import Any

from PIL import Image, ImageDraw

from adplat.artwork import SigningChain, made_chain, read_chain
from adplat.data import load_placements
from adplat.domain import (
    BrandKit,
    Brief,
    Copywriter,
    Fact,
    FactKind,
    Making,
    Money,
    PlacementRules,
    Product,
    Sentence,
    TextLimit,
)
from adplat.flows.draft_attempt import DraftTools
from adplat.flows.draft_round import BriefPictures, DraftPlan, DraftRound, draft_round
from adplat.generation import ProceduralPainter
from adplat.generation.copy.templates import TemplateCopywriter
from tests.flows.model_market import quiet

PLACEMENTS: Mapping[str, PlacementRules] = load_placements()
BRIEF = Brief(
    brief_id="cup",
    advertiser_id="a1",
    campaign_id="k1",
    product=Product({"en": "Hearth Cup", "zh": "暖手杯"}, "cup.png", "kitchen"),
    facts=(
        Fact("steel", {"en": "Double-walled steel", "zh": "双层钢壁"}, kind=FactKind.MATERIAL),
        Fact("hot", {"en": "Keeps tea hot for 6 hours", "zh": "茶保温6小时"}, proof="https://hearth.example/cup#hot"),
        Fact("price", {"en": "Now $29", "zh": "现价29美元"}, Money(29_000_000, "USD"), "https://hearth.example/cup"),
    ),
    brand=BrandKit("Hearth", ("#7a3b1e", "#f3e9dc", "#2e5e4e")),
    placements=("iab_300x250", "iab_728x90"),
    languages=("en",),
    landing_url="https://hearth.example/cup",
)


def a_product(width: int = 420, height: int = 520) -> bytes:
    """A cup with alpha, as PNG."""
    picture = Image.new("RGBA", (width, height), (0, 0, 0, 0))
    pen = ImageDraw.Draw(picture)
    pen.rounded_rectangle((60, 60, 320, 500), 40, fill=(122, 59, 30, 255))
    pen.arc((270, 150, 410, 360), -90, 90, fill=(122, 59, 30, 255), width=34)
    pen.ellipse((60, 30, 320, 110), fill=(196, 150, 110, 255))
    file = io.BytesIO()
    picture.save(file, "PNG")
    return file.getvalue()


PICTURES = BriefPictures(a_product())


@cache
def a_chain() -> SigningChain:
    return read_chain(made_chain(datetime.now(UTC)), "test")


def tools(copywriter: Copywriter | None = None) -> DraftTools:
    return DraftTools(copywriter or TemplateCopywriter(), ProceduralPainter(), a_chain())


def a_round(brief: Brief = BRIEF, copywriter: Copywriter | None = None, **plan: Any) -> DraftRound:
    """Drafts of this brief; ``plan`` as ``DraftPlan`` has it."""
    return draft_round(brief, PICTURES, PLACEMENTS, DraftPlan(**plan), tools(copywriter), quiet)


class ShoutingCopywriter:
    """Shouts in its headlines at the seeds below ``quiet_from``, which no review lets pass; then as the templates."""

    def __init__(self, quiet_from: int) -> None:
        self._quiet_from = quiet_from
        self._plain = TemplateCopywriter()

    def write(self, brief: Brief, limit: TextLimit, language: str, wanted: int, seed: int) -> tuple[Sentence, ...]:
        if limit.part == "headline" and seed < self._quiet_from:
            return (Sentence("headline", "BUY NOW!!!", language, (), Making("shouting", seed)),)
        return self._plain.write(brief, limit, language, wanted, seed)


def of(brief: Brief = BRIEF, **changes: Any) -> Brief:
    return replace(brief, **changes)
