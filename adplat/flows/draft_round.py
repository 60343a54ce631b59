"""One round of drafting: every variant at every place in every language of a brief."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from PIL import Image

from adplat.artwork import open_upload
from adplat.domain import Brief, ConfigRejected, PlacementRules, Progress
from adplat.flows.describe_drafts import draft_document, review_document
from adplat.flows.draft_attempt import DraftTools, Order
from adplat.flows.draft_creatives import MadeDraft, Unmade, counted, make_draft
from adplat.generation import PALETTES, TEMPLATES, Cutout, cut_out, palettes_by_fit
from adplat.generation.directions import read_directions, steered
from adplat.generation.variants import plan_variants

MOST_VARIANTS = 24
_ALTERNATIVES = 4  # of headlines and buttons


@dataclass(frozen=True, slots=True)
class DraftPlan:
    """How much, and from which seed. Raises ConfigRejected.

    Args:
        variants: of each place and language, one element apart; those of which there are fewer are fewer.
        tries: seeds for each until no rule fails.
    """

    variants: int = 3
    seed: int = 0
    painter: str = "procedural"
    copywriter: str = "template"
    tries: int = 3

    def __post_init__(self) -> None:
        for what, value, most in (("variants", self.variants, MOST_VARIANTS), ("tries", self.tries, 10)):
            if not 1 <= value <= most:
                raise ConfigRejected(f"{value} {what}", where=what, hint=f"give 1 to {most}")
        if not 0 <= self.seed < 2**31:
            raise ConfigRejected(f"a seed of {self.seed}", where="seed", hint="give 0 to 2147483647")


@dataclass(frozen=True, slots=True)
class BriefPictures:
    """Pictures that a brief names, as files' bytes; ``logo`` is empty where it has none."""

    product: bytes
    logo: bytes = b""


@dataclass(frozen=True, slots=True)
class DraftRound:
    """What came of it."""

    brief: Brief
    plan: DraftPlan
    made: tuple[MadeDraft, ...]
    unmade: tuple[Unmade, ...]

    def document(self) -> dict[str, Any]:
        """As ``drafts.json`` and ``--json`` tell it."""
        return {
            "brief_id": self.brief.brief_id,
            "campaign_id": self.brief.campaign_id,
            "seed": self.plan.seed,
            "painter": self.plan.painter,
            "copywriter": self.plan.copywriter,
            "drafts": [
                draft_document(one.draft) | {"tries": one.tries, "review": review_document(one.review)}
                for one in self.made
            ],
            "not_available": [_why_not(one) for one in self.unmade],
            "available": counted(self.made, self.unmade),
        }


def draft_round(
    brief: Brief,
    pictures: BriefPictures,
    placements: Mapping[str, PlacementRules],
    plan: DraftPlan,
    tools: DraftTools,
    progress: Progress,
) -> DraftRound:
    """Draft all of it. Raises UploadRefused and ConfigRejected for pictures that cannot be used, MissingInput."""
    product = _product(pictures.product, brief.product.image_path)
    logo = _logo(pictures.logo, brief.brand.logo_path)
    made: list[MadeDraft] = []
    unmade: list[Unmade] = []
    orders = [(name, language) for name in brief.placements for language in brief.languages]
    variants = plan_variants(variant_options(brief, tools, product), plan.variants)
    total, done = len(orders) * len(variants), 0
    progress(0, total, "drafting")
    for name, language in orders:
        rules = placements[name]
        parents: tuple[str, ...] = ()
        seen: set[str] = set()
        for variant in variants if rules.image is not None else variants[:1]:
            order = Order(brief, rules, language, variant, plan.seed, plan.tries, parents)
            one = make_draft(order, tools, product, logo)
            done += 1
            progress(done, total, "drafting")
            if isinstance(one, Unmade):
                unmade.append(one)
            elif one.draft.draft_id not in seen:  # fewer headlines than variants of them: the same draft again
                seen.add(one.draft.draft_id)
                made.append(one)
                parents = parents or (one.draft.draft_id,)
    progress(total, total, "drafting")
    return DraftRound(brief, plan, tuple(made), tuple(unmade))


def variant_options(brief: Brief, tools: DraftTools, product: Cutout) -> dict[str, tuple[str, ...]]:
    """What variants may differ in, in the order in which they do; directions say what comes first."""
    told = read_directions(brief.directions)
    numbers = tuple(str(number) for number in range(_ALTERNATIVES))
    palettes = palettes_by_fit(product, brief.brand.palette)
    return {
        "headline": numbers,
        "background": steered("background", tools.painter.styles, told),
        "palette": steered("palette", palettes or tuple(PALETTES), told),
        "template": steered("template", tuple(TEMPLATES), told),
        "cta": numbers,
    }


def _product(content: bytes, name: str) -> Cutout:
    opened = open_upload(content, f"product.image_path: {name}")
    return cut_out(opened.cut_out or opened.picture)


def _logo(content: bytes, name: str) -> Image.Image | None:
    if not content:
        return None
    opened = open_upload(content, f"brand.logo_path: {name}")
    return (opened.cut_out or opened.picture).convert("RGBA")


def _why_not(one: Unmade) -> dict[str, Any]:
    return {
        "placement": one.placement_id,
        "language": one.language,
        "template": one.template,
        "tries": one.tries,
        "findings": [
            {
                "rule": found.rule,
                "severity": found.weight.value,
                "evidence": found.evidence,
                "fix": found.fix,
                "saying": found.saying,
                "details": dict(found.details),
            }
            for found in one.objections
        ],
    }
