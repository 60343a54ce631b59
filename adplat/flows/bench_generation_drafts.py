"""Real products at every size: how many drafts can be had, and whether what is released is what was promised."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from adplat.artwork import SealState, made_chain, open_upload, read_chain, read_seal
from adplat.data import load_placements
from adplat.domain import Box, Brief, Draft, ElementKind, Figure, MissingInput, ReviewVerdict
from adplat.flows.bench_generation_copy import product_briefs
from adplat.flows.bench_parts import Part, run_parts
from adplat.flows.bench_real import real_data_folder
from adplat.flows.bench_run import BenchRun
from adplat.flows.draft_attempt import DraftTools, Order
from adplat.flows.draft_creatives import MadeDraft, make_draft
from adplat.flows.draft_makers import copywriter_named, painter_named
from adplat.generation import SIZES, TEMPLATES, Composed, Cutout, cut_out
from adplat.generation.variants import Variant

PRODUCTS, TRIES = 20, 3
_PLACES = tuple(f"iab_{width}x{height}" for width, height in SIZES)
_PLACE_OF = {"iab_1200x628": "google_rda_1200x628", "iab_1080x1080": "meta_feed_1080x1080"}
PLACES = tuple(_PLACE_OF.get(name, name) for name in _PLACES)


@dataclass(frozen=True)
class Drafted:
    """What came of one product, counted."""

    ordered: Counter[str] = field(default_factory=Counter)
    first: Counter[str] = field(default_factory=Counter)
    within: Counter[str] = field(default_factory=Counter)
    counts: Counter[str] = field(default_factory=Counter)
    why_not: Counter[str] = field(default_factory=Counter)


def draft_figures(run: BenchRun) -> list[Figure]:
    """``generation.1``. Raises MissingInput without the product pictures."""
    folder = real_data_folder() / "product_images" / "fashion"
    briefs = usable_briefs(folder, 4 if run.quick else PRODUCTS)
    parts = [Part(brief.brief_id, one_product, (brief, folder)) for brief in briefs]
    found = run_parts(parts, run.progress, "products drafted")
    total = _summed([found[part.name] for part in parts])
    figures = []
    for template in TEMPLATES:
        count = total.ordered[template]
        for when, counts, least in (("first", total.first, 0.8), (f"within_{TRIES}", total.within, 0.95)):
            figures.append(
                Figure(
                    f"generation.1.available.{when}.{template}",
                    f"drafts of {len(briefs)} real products at {len(PLACES)} sizes that no rule fails, {when} "
                    f"{'try' if when == 'first' else 'tries'}",
                    counts[template] / count,
                    "share",
                    ">=",
                    least,
                    n=count,
                )
            )
    released, repeated = total.counts["released"], total.counts["repeated"]
    for name, what, count, op, target in (
        ("same_pixels", "released drafts whose product has the cut-out's own pixels", released, ">=", 1.0),
        ("failed_released", "released drafts with a failed rule", released, "<=", 0.0),
        ("under_weight", "released files under their weight, signed", released, ">=", 1.0),
        ("sealed", "released files whose seal is read back as valid", released, ">=", 1.0),
        ("same_bytes", "drafts made twice with the same bytes before signing", repeated, ">=", 1.0),
    ):
        share = total.counts[name] / count if count else 0.0
        figures.append(Figure(f"generation.1.{name}", what, share, "share", op, target, n=count))
    return figures


def usable_briefs(folder: Path, wanted: int) -> list[Brief]:
    """Briefs of products whose picture shows them on a plain ground, at all sizes. Raises MissingInput."""
    found: list[Brief] = []
    for brief in product_briefs(folder / "items.csv", 3 * wanted):
        path = folder / "images" / brief.product.image_path
        if not path.is_file():
            continue
        try:
            product_of(path)
        except ValueError:
            continue
        found.append(replace(brief, placements=PLACES))
        if len(found) == wanted:
            return found
    raise MissingInput(
        f"only {len(found)} of the products can be cut out", where=str(folder), hint="give product_images/fashion"
    )


def product_of(path: Path) -> Cutout:
    """Raises ValueError where it cannot be told from its ground."""
    from adplat.domain import InputError

    opened = open_upload(path)
    try:
        return cut_out(opened.cut_out or opened.picture)
    except InputError as reason:
        raise ValueError(str(reason)) from None


def one_product(brief: Brief, folder: Path) -> Drafted:
    """Every template at every size; the first of each size once more."""
    product = product_of(folder / "images" / brief.product.image_path)
    chain = read_chain(made_chain(datetime.now(UTC)), "bench")
    same: dict[str, bool] = {}

    def seen(draft: Draft, composed: Composed) -> None:
        same[draft.draft_id] = has_own_pixels(composed)

    painter = painter_named("procedural")
    tools = DraftTools(copywriter_named("template", Path()), painter, chain, seen=seen)
    done = Drafted()
    placements = load_placements()
    counts = done.counts
    for number, name in enumerate(brief.placements):
        rules = placements[name]
        for place, template in enumerate(TEMPLATES):
            style = painter.styles[(number + place) % len(painter.styles)]
            elements = {"headline": "0", "cta": "0", "template": template, "background": style, "palette": "light"}
            order = Order(brief, rules, "en", Variant(elements), 0, TRIES)
            made = make_draft(order, tools, product, None)
            done.ordered[template] += 1
            if not isinstance(made, MadeDraft):
                done.why_not.update({one.rule for one in made.objections})
                continue
            done.within[template] += 1
            done.first[template] += made.tries == 1
            most = None if rules.image is None else rules.image.most_bytes
            counts["released"] += 1
            counts["same_pixels"] += same[made.draft.draft_id]
            counts["failed_released"] += made.review.verdict is ReviewVerdict.FAIL
            counts["under_weight"] += most is None or len(made.content) <= most
            counts["sealed"] += read_seal(made.content, chain.root).state is SealState.VALID
            if place == 0:
                again = make_draft(order, tools, product, None)
                counts["repeated"] += 1
                counts["same_bytes"] += (
                    isinstance(again, MadeDraft) and again.draft.pixels_sha256 == made.draft.pixels_sha256
                )
    return done


def has_own_pixels(composed: Composed) -> bool:
    """Whether every whole pixel of the product that nothing covers is in the picture as in the cut-out."""
    [standing] = composed.artwork.of_kind(ElementKind.PRODUCT)
    own = np.asarray(composed.assets[standing.asset].convert("RGBA"))
    box = standing.box
    part = np.asarray(composed.picture)[box.top : box.bottom, box.left : box.right]
    counts = own[..., 3] == 255
    above = composed.artwork.elements[composed.artwork.elements.index(standing) + 1 :]
    for element in above:
        counts &= ~_mask(element.box, box)
    return bool((part[counts] == own[..., :3][counts]).all()) and bool(counts.any())


def _mask(cover: Box, over: Box) -> np.ndarray[tuple[int, int], np.dtype[np.bool_]]:
    mask = np.zeros((over.height, over.width), dtype=np.bool_)
    left, top = max(cover.left - over.left, 0), max(cover.top - over.top, 0)
    mask[top : max(cover.bottom - over.top, 0), left : max(cover.right - over.left, 0)] = True
    return mask


def _summed(found: list[Drafted]) -> Drafted:
    total = Drafted()
    for one in found:
        for name in ("ordered", "first", "within", "why_not", "counts"):
            getattr(total, name).update(getattr(one, name))
    return total
