"""A brief becomes drafts: words ▸ ground, product and layout ▸ file, mark and seal ▸ review; again with the next seed
while a rule fails, a few times at most.

What fails its review to the end is no draft: it is counted and told, with what stood in the way. Everything else waits
for a person.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
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
    Making,
    Objection,
    PlacementRules,
    Review,
    ReviewVerdict,
    Weight,
)
from adplat.generation import Composed, Cutout, Parts, compose
from adplat.generation.variants import Variant
from adplat.generation.wording import Wording, chosen, drawn_words, without, word
from adplat.review import Subject, Words, review_creative

NO_LAYOUT = "draft.layout"
_SPARE_BYTES = 64  # numbers in a seal have more digits in one file than in another


@dataclass(frozen=True, slots=True)
class DraftTools:
    """What drafts are made with.

    Args:
        reads_letters: whether reviews read the letters in pictures, which takes most of their time.
    """

    copywriter: Copywriter
    painter: BackgroundPainter
    chain: SigningChain
    reads_letters: bool = False


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


@dataclass(frozen=True, slots=True)
class MadeDraft:
    """A draft with its review and its file (empty where it is words alone); ``tries`` is which seed it took."""

    draft: Draft
    review: Review
    content: bytes
    sidecar: Mapping[str, Any]
    template: str
    tries: int


@dataclass(frozen=True, slots=True)
class Unmade:
    """What no seed brought through its review; ``objections`` of the last one."""

    placement_id: str
    language: str
    template: str
    tries: int
    objections: tuple[Objection, ...]


def make_draft(order: Order, tools: DraftTools, product: Cutout, logo: Image.Image | None) -> MadeDraft | Unmade:
    """One draft, or why there is none. Raises ConfigRejected and MissingInput for what no other seed would mend."""
    objections: tuple[Objection, ...] = ()
    template = order.variant.elements.get("template", "")
    for attempt in range(order.tries):
        made = _attempt(order, tools, product, logo, order.seed + attempt)
        if isinstance(made, MadeDraft) and made.review.verdict is not ReviewVerdict.FAIL:
            return replace(made, tries=attempt + 1)
        objections = made.review.objections if isinstance(made, MadeDraft) else made
    return Unmade(order.rules.placement_id, order.language, template, order.tries, objections)


def _attempt(
    order: Order, tools: DraftTools, product: Cutout, logo: Image.Image | None, seed: int
) -> MadeDraft | tuple[Objection, ...]:
    brief, elements = order.brief, order.variant.elements
    wanted = 1 + max(int(elements.get("headline", 0)), int(elements.get("cta", 0)))
    wording = word(tools.copywriter, brief, order.rules, order.language, wanted, seed)
    copy = chosen(wording, int(elements.get("headline", 0)), int(elements.get("cta", 0)))
    if order.rules.image is None:
        return _words_alone(order, tools, copy)
    parts = Parts(
        words=drawn_words(wording, copy),
        template=elements["template"],
        style=elements["background"],
        palette=elements["palette"],
        colours=brief.brand.palette,
        seed=seed,
        prompt=_prompt(order),
    )
    try:
        composed = compose(parts, product, order.rules.image, tools.painter, logo)
        return _finished(order, tools, _drawn(wording, copy, composed), composed)
    except ConfigRejected as reason:
        if reason.where not in ("copy", "picture"):  # another seed has other words, and another ground; nothing else
            raise
        return (Objection(NO_LAYOUT, Weight.FAIL, reason.what, reason.hint),)


def _drawn(wording: Wording, copy: DraftCopy, composed: Composed) -> DraftCopy:
    """What is said: of words that we alone show, those that found room."""
    return without(copy, composed.left_out) if wording.draws_all else copy


def _finished(order: Order, tools: DraftTools, copy: DraftCopy, composed: Composed) -> MadeDraft:
    brief, rules = order.brief, order.rules
    if rules.image is None:
        raise ValueError("a picture for a place that takes none")
    words = tuple(one.making for one in copy.sentences)
    makings = tuple(dict.fromkeys((composed.making, *words)))
    source_type = source_type_of(composed.making, words, has_product=True)
    told = {
        "draft_id": "d" * 25,
        "brief_id": brief.brief_id,
        "placement_id": rules.placement_id,
        "parents": list(order.parents),
        "makings": [_short(one) for one in makings],
    }
    claims = Claims(f"{brief.brief_id} {rules.placement_id}", source_type, told)
    spare = seal_bytes("image/jpeg", claims, tools.chain) + _SPARE_BYTES
    plain = encode_under(composed.picture, rules.image, spare, xmp_of(source_type))
    pixels = hashlib.sha256(plain).hexdigest()
    draft_id = _id_of(order, copy, pixels)
    sealed = seal(plain, replace(claims, told=told | {"draft_id": draft_id}), tools.chain)
    draft = Draft(
        draft_id=draft_id,
        brief_id=brief.brief_id,
        placement_id=rules.placement_id,
        copy=copy,
        artwork=composed.artwork,
        makings=makings,
        file_sha256=hashlib.sha256(sealed).hexdigest(),
        pixels_sha256=pixels,
        media_type=media_type_of(sealed),
        parents=order.parents,
    )
    subject = Subject(
        placement=rules,
        opened=open_upload(sealed),
        artwork=composed.artwork,
        assets=composed.assets,
        drawn=composed.picture,
        words=_words_of(copy),
        makings=makings,
        facts=brief.facts,
        brand=brief.brand,
        product=brief.product,
        special_category=brief.special_category,
    )
    review = review_creative(subject, read_letters=tools.reads_letters)
    faintest = faintest_letters(composed.artwork, composed.assets)
    sidecar = {
        "clutter": clutter(composed.picture),
        "faintest_letters": None if faintest is None else {"kind": faintest[0], "ratio": round(faintest[1], 2)},
        "source_type": source_type.value,
        "claims": told | {"draft_id": draft_id},
        "left_out": list(composed.left_out),
        "plain_bytes": len(plain),
        "sealed_bytes": len(sealed),
    }
    return MadeDraft(draft, review, sealed, sidecar, order.variant.elements["template"], 1)


def _words_alone(order: Order, tools: DraftTools, copy: DraftCopy) -> MadeDraft:
    makings = tuple(dict.fromkeys(one.making for one in copy.sentences))
    draft = Draft(
        draft_id=_id_of(order, copy, ""),
        brief_id=order.brief.brief_id,
        placement_id=order.rules.placement_id,
        copy=copy,
        artwork=None,
        makings=makings,
        parents=order.parents,
    )
    subject = Subject(
        placement=order.rules,
        words=_words_of(copy),
        makings=makings,
        facts=order.brief.facts,
        brand=order.brief.brand,
        product=order.brief.product,
        special_category=order.brief.special_category,
    )
    review = review_creative(subject, read_letters=tools.reads_letters)
    return MadeDraft(draft, review, b"", {"claims": {"draft_id": draft.draft_id}}, "", 1)


def _id_of(order: Order, copy: DraftCopy, pixels: str) -> str:
    """Follows from what it is made of."""
    made_of = [msgspec.json.encode(order.brief, order="sorted").decode(), order.rules.placement_id, pixels]
    made_of += [f"{one.part} {one.text}" for one in copy.sentences]
    return "d" + hashlib.sha256("\x00".join(made_of).encode()).hexdigest()[:24]


def _short(making: Making) -> dict[str, Any]:
    """For the seal, where every byte weighs: a prompt by its hash; it stands in the sidecar."""
    told = {"by": making.by, "seed": making.seed, "model": making.model, "licence": making.licence}
    if making.model and making.prompt:
        told["prompt_sha256"] = hashlib.sha256(making.prompt.encode()).hexdigest()
    return {name: value for name, value in told.items() if value != ""}


def _words_of(copy: DraftCopy) -> tuple[Words, ...]:
    return tuple(Words(one.part, one.text, one.language) for one in copy.sentences)


def _prompt(order: Order) -> str:
    """For painters that read one: the place, never the product or letters."""
    style = order.variant.elements["background"]
    return f"empty {style} scene for a product photograph of {order.brief.product.category or 'a product'}, soft light"


def counted(made: Sequence[MadeDraft], unmade: Sequence[Unmade]) -> dict[str, dict[str, float]]:
    """Available rate of each template: the share of what was ordered that did not fail, at once and in the end."""
    ordered = Counter([one.template for one in made] + [one.template for one in unmade])
    within = Counter(one.template for one in made)
    first = Counter(one.template for one in made if one.tries == 1)
    return {
        name: {"ordered": count, "first_try": first[name] / count, "within_tries": within[name] / count}
        for name, count in sorted(ordered.items())
        if name
    }
