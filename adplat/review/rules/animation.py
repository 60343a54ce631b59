"""Pictures that move."""

from __future__ import annotations

from collections.abc import Iterator

from adplat.domain import Objection, Weight
from adplat.review.cannot_look import CannotLook
from adplat.review.eyes import Eyes
from adplat.review.rule import Rule, Saying
from adplat.review.subject import Subject


def look(subject: Subject, eyes: Eyes) -> Iterator[Objection]:
    """Barred where the place bars it; where it does not, a person looks at the frames behind the first."""
    if subject.opened is None:
        raise CannotLook("no delivered file was given")
    limit, frames = subject.placement.image, subject.opened.frames
    if frames <= 1:
        return
    if limit is not None and limit.animation:
        yield RULE.objection(Weight.HOLD, "unseen_frames", {"frames": frames})
    else:
        yield RULE.objection(Weight.FAIL, "animated", {"frames": frames})


RULE: Rule = Rule(
    "file.animation",
    "the picture stands still where the place asks for it",
    look,
    {
        "unseen_frames": Saying("{frames} frames, of which only the first was looked at", "look at the others"),
        "animated": Saying("the picture is animated, {frames} frames; the place takes still ones", "deliver one frame"),
    },
)
