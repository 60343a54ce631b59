"""The advertiser's own logo: not stretched, with room about it; and the brand named at all."""

from __future__ import annotations

from collections.abc import Iterator

from adplat.domain import Box, Element, ElementKind, Objection, Weight
from adplat.review.cannot_look import CannotLook
from adplat.review.eyes import Eyes
from adplat.review.rule import Rule, Saying
from adplat.review.rules.canvas import shown_box
from adplat.review.spoken import plain
from adplat.review.subject import Subject

_STRETCH = 0.03
_ROOM = 0.10  # of the logo's height


def look(subject: Subject, eyes: Eyes) -> Iterator[Objection]:
    """From the tree: where a picture came without one, a logo cannot be told from the rest."""
    artwork = subject.artwork
    if artwork is None:
        raise CannotLook("the picture came without its tree")
    logos = artwork.of_kind(ElementKind.LOGO)
    for logo in logos:
        yield from _stretched(logo, subject)
        room = max(round(logo.box.height * _ROOM), 1)
        about = Box(logo.box.left - room, logo.box.top - room, logo.box.width + 2 * room, logo.box.height + 2 * room)
        for other in artwork.elements:
            said = other.text.strip() or other.kind is ElementKind.PRODUCT
            if other is logo or not said or not about.overlap(shown_box(other)):
                continue
            yield RULE.objection(Weight.WARN, "crowded", {"element": other.element_id, "room": room})
    if subject.brand is not None and not logos:
        said_anywhere = " ".join(plain(element.text) for element in artwork.elements).casefold()
        if subject.brand.name.casefold() not in said_anywhere:
            yield RULE.objection(Weight.HOLD, "nameless", {"brand": subject.brand.name})


def _stretched(logo: Element, subject: Subject) -> Iterator[Objection]:
    asset = subject.assets.get(logo.asset) if logo.asset else None
    if asset is None or not logo.box.area:
        return
    stretch = (logo.box.width / logo.box.height) / (asset.width / asset.height) - 1
    slack = 1 / min(logo.box.width, logo.box.height)  # whole pixels
    if abs(stretch) > _STRETCH + slack:
        yield RULE.objection(Weight.FAIL, "stretched", {"stretch": stretch}, {"stretch": round(stretch, 4)})


RULE: Rule = Rule(
    "marks.own_logo",
    "the own logo is not stretched and has room, and the brand is named",
    look,
    {
        "crowded": Saying("{element} comes closer to the logo than {room} pixels", "leave room about the logo"),
        "nameless": Saying("neither a logo nor the name {brand} is shown", "add the logo or the name"),
        "stretched": Saying("the logo is stretched by {stretch:+.0%}", "keep its ratio of width to height"),
    },
)
