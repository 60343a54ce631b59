"""One draft at one seed, not yet reviewed: words ▸ ground, product and layout ▸ file, mark and seal."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import msgspec
from PIL import Image

from adplat.artwork import (
    Claims,
    SigningChain,
    clutter,
    encode_under,
    faintest_letters,
    media_type_of,
    open_upload,
    seal,
    seal_bytes,
    source_type_of,
    xmp_of,
)
from adplat.domain import (
    BackgroundPainter,
    Brief,
    ConfigRejected,
    Copywriter,
    Draft,
    DraftCopy,
    ImageLimit,
    Making,
    Objection,
    PlacementRules,
    Review,
    Weight,
)
from adplat.generation import Composed, Cutout, Parts, compose, ground_may_show
from adplat.generation.variants import Variant
from adplat.generation.wording import Wording, chosen, drawn_words, without, word
from adplat.review import Subject, Words, review_creative

NO_LAYOUT = "draft.layout"
GROUND_SHOWS = "it was hard to tell where the product ends: the ground of its photo may show on this darker one"
_SPARE_BYTES = 64  # numbers in a seal have more digits in one file than in another
_NO_ID = "d" * 25
_CHOICES = 6  # of headlines and buttons


@dataclass(frozen=True, slots=True)
class DraftTools:
    """What drafts are made with.

    Args:
        reads_letters: whether reviews read the letters in pictures, which takes most of their time.
        seen: hears of every draft as it was composed, its pixels before any file; for whoever measures.
    """

    copywriter: Copywriter
    painter: BackgroundPainter
    chain: SigningChain
    reads_letters: bool = False
    seen: Callable[[Draft, Composed], None] | None = None


@dataclass(frozen=True, slots=True)
class Order:
    """One draft to make: which variant, where, in which language; ``tries`` seeds at most, ``seed`` first."""

    brief: Brief
    rules: PlacementRules
    language: str
    variant: Variant
    seed: int
    tries: int
    parents: tuple[str, ...] = ()

    @property
    def template(self) -> str:
        """Of the variant; empty where words stand alone."""
        return self.variant.elements.get("template", "") if self.rules.image is not None else ""


@dataclass(frozen=True, slots=True)
class Attempt:
    """A draft, its file (empty where it is words alone), and what is known of its making besides."""

    order: Order
    draft: Draft
    content: bytes
    sidecar: Mapping[str, Any]
    composed: Composed | None


def attempt(
    order: Order, tools: DraftTools, product: Cutout, logo: Image.Image | None, seed: int
) -> Attempt | tuple[Objection, ...]:
    """One draft, or what another seed might mend. Raises ConfigRejected and MissingInput for what none would."""
    elements = order.variant.elements
    headline, cta = int(elements.get("headline", 0)), int(elements.get("cta", 0))
    # Always as many, so that a number means the same sentence in every variant.
    wording = word(tools.copywriter, order.brief, order.rules, order.language, _CHOICES, seed)
    if order.rules.image is None:
        return _words_alone(order, chosen(wording, headline, cta))
    try:
        copy, composed = _composed(order, order.rules.image, tools, wording, (headline, cta), product, logo, seed)
        # What we alone show is said where it found room; what a network sets beside the picture is said anyway.
        said = without(copy, composed.left_out) if wording.draws_all else copy
        made = _finished(order, order.rules.image, tools, said, composed)
    except ConfigRejected as reason:
        if reason.where not in ("copy", "picture"):  # another seed has other words, and another ground; nothing else
            raise
        return (Objection(NO_LAYOUT, Weight.FAIL, reason.what, reason.hint),)
    if not ground_may_show(product, elements["palette"], order.brief.brand.palette):
        return made
    return replace(
        made,
        draft=replace(made.draft, lowered_by=(GROUND_SHOWS,)),
        sidecar={**made.sidecar, "ground_may_show": True},
    )


def review_attempt(made: Attempt, *, reads_letters: bool) -> Review:
    """What the rules say of it, with all that is known of it."""
    order, draft, composed = made.order, made.draft, made.composed
    subject = Subject(
        placement=order.rules,
        opened=open_upload(made.content) if made.content else None,
        artwork=draft.artwork,
        assets=composed.assets if composed is not None else {},
        drawn=composed.picture if composed is not None else None,
        words=tuple(Words(one.part, one.text, one.language) for one in draft.copy.sentences),
        makings=draft.makings,
        facts=order.brief.facts,
        brand=order.brief.brand,
        product=order.brief.product,
        special_category=order.brief.special_category,
    )
    return review_creative(subject, read_letters=reads_letters)


def _composed(
    order: Order,
    limit: ImageLimit,
    tools: DraftTools,
    wording: Wording,
    numbers: tuple[int, int],
    product: Cutout,
    logo: Image.Image | None,
    seed: int,
) -> tuple[DraftCopy, Composed]:
    """The picture, which names the brand once: as logo or line of its own, or in the headline where that has no room.

    Raises ConfigRejected, MissingInput.
    """
    elements = order.variant.elements
    copy = chosen(wording, *numbers, names_brand=False)
    parts = Parts(
        words=drawn_words(wording, copy),
        template=elements["template"],
        style=elements["background"],
        palette=elements["palette"],
        colours=order.brief.brand.palette,
        seed=seed,
        prompt=_prompt(order),
    )
    composed = compose(parts, product, limit, tools.painter, logo)
    if "logo" in composed.left_out and order.brief.brand.name not in copy.part("headline"):
        copy = chosen(wording, *numbers)
        composed = compose(replace(parts, words=drawn_words(wording, copy)), product, limit, tools.painter, logo)
    return copy, composed


def _finished(order: Order, limit: ImageLimit, tools: DraftTools, copy: DraftCopy, composed: Composed) -> Attempt:
    words = tuple(one.making for one in copy.sentences)
    makings = tuple(dict.fromkeys((composed.making, *words)))
    source_type = source_type_of(composed.making, words, has_product=True)
    told = {
        "draft_id": _NO_ID,
        "brief_id": order.brief.brief_id,
        "placement_id": order.rules.placement_id,
        "parents": list(order.parents),
        "makings": [_short(one) for one in makings],
    }
    claims = Claims(f"{order.brief.brief_id} {order.rules.placement_id}", source_type, told)
    spare = seal_bytes("image/jpeg", claims, tools.chain) + _SPARE_BYTES
    plain = encode_under(composed.picture, limit, spare, xmp_of(source_type))
    pixels = hashlib.sha256(plain).hexdigest()
    told = told | {"draft_id": _id_of(order, copy, pixels)}
    sealed = seal(plain, replace(claims, told=told), tools.chain)
    draft = Draft(
        draft_id=str(told["draft_id"]),
        brief_id=order.brief.brief_id,
        placement_id=order.rules.placement_id,
        copy=copy,
        artwork=composed.artwork,
        makings=makings,
        file_sha256=hashlib.sha256(sealed).hexdigest(),
        pixels_sha256=pixels,
        media_type=media_type_of(sealed),
        parents=order.parents,
    )
    if tools.seen is not None:
        tools.seen(draft, composed)
    faintest = faintest_letters(composed.artwork, composed.assets)
    sidecar = {
        "clutter": clutter(composed.picture),
        "faintest_letters": None if faintest is None else {"kind": faintest[0], "ratio": round(faintest[1], 2)},
        "source_type": source_type.value,
        "claims": told,
        "left_out": list(composed.left_out),
        "plain_bytes": len(plain),
        "sealed_bytes": len(sealed),
    }
    return Attempt(order, draft, sealed, sidecar, composed)


def _words_alone(order: Order, copy: DraftCopy) -> Attempt:
    draft = Draft(
        draft_id=_id_of(order, copy, ""),
        brief_id=order.brief.brief_id,
        placement_id=order.rules.placement_id,
        copy=copy,
        artwork=None,
        makings=tuple(dict.fromkeys(one.making for one in copy.sentences)),
        parents=order.parents,
    )
    return Attempt(order, draft, b"", {"claims": {"draft_id": draft.draft_id}}, None)


def _id_of(order: Order, copy: DraftCopy, pixels: str) -> str:
    """Follows from what it is made of."""
    made_of = [msgspec.json.encode(order.brief, order="sorted").decode(), order.rules.placement_id, pixels]
    made_of += [f"{one.part} {one.text}" for one in copy.sentences]
    return "d" + hashlib.sha256("\x00".join(made_of).encode()).hexdigest()[: len(_NO_ID) - 1]


def _short(making: Making) -> dict[str, Any]:
    """For the seal, where every byte weighs: a prompt by its hash; it stands in the sidecar."""
    told = {"by": making.by, "seed": making.seed, "model": making.model, "licence": making.licence}
    if making.model and making.prompt:
        told["prompt_sha256"] = hashlib.sha256(making.prompt.encode()).hexdigest()
    return {name: value for name, value in told.items() if value != ""}


def _prompt(order: Order) -> str:
    """For painters that read one: the place, never the product or letters."""
    style = order.variant.elements["background"]
    return f"empty {style} scene for a product photograph of {order.brief.product.category or 'a product'}, soft light"
