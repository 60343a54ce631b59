"""Size and ratio of the picture."""

from __future__ import annotations

from collections.abc import Iterator

from adplat.domain import ImageLimit, Objection, Weight
from adplat.review.cannot_look import CannotLook
from adplat.review.eyes import Eyes
from adplat.review.rule import Rule, Saying
from adplat.review.subject import Subject


def look(subject: Subject, eyes: Eyes) -> Iterator[Objection]:
    """The exact size, or the ratio and the least size; limits that are not the owner's own only warn. None at all holds."""
    limit = subject.placement.image
    if limit is None:
        if subject.picture is not None:
            yield RULE.objection(Weight.FAIL, "no_picture", {"place": subject.placement.placement_id})
        return
    if subject.whole and subject.picture is None and subject.artwork is None:
        yield RULE.objection(
            Weight.HOLD,
            "missing",
            {
                "place": subject.placement.placement_id,
                "right_width": limit.width_px,
                "right_height": limit.height_px,
            },
        )
        return
    size = _size(subject)
    problem = _problem(limit, *size)
    if problem is not None:
        saying, right = problem
        yield RULE.objection(
            Weight.FAIL if limit.source.owner_sourced else Weight.WARN,
            saying,
            {"width": size[0], "height": size[1], **right},
            {"width_px": size[0], "height_px": size[1]},
        )


def _size(subject: Subject) -> tuple[int, int]:
    if subject.picture is not None:
        return subject.picture.size
    if subject.artwork is not None:
        return subject.artwork.width_px, subject.artwork.height_px
    raise CannotLook("no picture was given")


def _problem(limit: ImageLimit, width: int, height: int) -> tuple[str, dict[str, float]] | None:
    """The saying, and what would be right; ``None``: it is."""
    if limit.exact:
        if (width, height) == (limit.width_px, limit.height_px):
            return None
        return "size", {"right_width": limit.width_px, "right_height": limit.height_px}
    ratio, wanted = width / height, limit.width_px / limit.height_px
    if abs(ratio / wanted - 1) > limit.tolerance + 0.5 / min(width, height):
        return "ratio", {"ratio": ratio, "right_ratio": wanted, "tolerance": limit.tolerance}
    if width < limit.least_width_px or height < limit.least_height_px:
        return "small", {"least_width": limit.least_width_px, "least_height": limit.least_height_px}
    return None


RULE: Rule = Rule(
    "file.size",
    "the picture has the size or ratio of the place",
    look,
    {
        "no_picture": Saying("{place} shows no picture", "choose a placement with a picture"),
        "missing": Saying(
            "there is no picture; {place} shows one of {right_width} × {right_height} pixels",
            "hand it in with a picture",
        ),
        "size": Saying(
            "the picture has {width} × {height} pixels; the place takes {right_width} × {right_height}",
            "lay it out again at that size",
        ),
        "ratio": Saying(
            "the picture has {width} × {height} pixels, a ratio of {ratio:.3f}; the place takes {right_ratio:.3f} ± {tolerance:.0%}",
            "lay it out again at that size",
        ),
        "small": Saying(
            "the picture has {width} × {height} pixels; the place takes {least_width} × {least_height} at least",
            "lay it out again at that size",
        ),
    },
)
