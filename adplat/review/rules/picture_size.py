"""Size and ratio of the picture."""

from __future__ import annotations

from collections.abc import Iterator

from adplat.domain import ImageLimit, Objection, Weight
from adplat.review.cannot_look import CannotLook
from adplat.review.eyes import Eyes
from adplat.review.rule import Rule
from adplat.review.subject import Subject


def look(subject: Subject, eyes: Eyes) -> Iterator[Objection]:
    """The exact size, or the ratio and the least size. Limits that are not the owner's own only warn."""
    limit = subject.placement.image
    if limit is None:
        if subject.picture is not None:
            yield RULE.objection(
                Weight.FAIL, f"{subject.placement.placement_id} shows no picture", "choose a placement with a picture"
            )
        return
    size = _size(subject)
    problem = _problem(limit, *size)
    if problem:
        yield RULE.objection(
            Weight.FAIL if limit.source.owner_sourced else Weight.WARN,
            problem,
            "lay it out again at that size",
            {"width_px": size[0], "height_px": size[1]},
        )


def _size(subject: Subject) -> tuple[int, int]:
    if subject.picture is not None:
        return subject.picture.size
    if subject.artwork is not None:
        return subject.artwork.width_px, subject.artwork.height_px
    raise CannotLook("no picture was given")


def _problem(limit: ImageLimit, width: int, height: int) -> str:
    told = f"the picture has {width} × {height} pixels"
    if limit.exact:
        right = (width, height) == (limit.width_px, limit.height_px)
        return "" if right else f"{told}; the place takes {limit.width_px} × {limit.height_px}"
    wanted = limit.width_px / limit.height_px
    if abs(width / height / wanted - 1) > limit.tolerance + 0.5 / min(width, height):
        return f"{told}, a ratio of {width / height:.3f}; the place takes {wanted:.3f} ± {limit.tolerance:.0%}"
    if width < limit.least_width_px or height < limit.least_height_px:
        return f"{told}; the place takes {limit.least_width_px} × {limit.least_height_px} at least"
    return ""


RULE: Rule = Rule("file.size", "the picture has the size or ratio of the place", look)
