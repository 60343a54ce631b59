"""Letters in a painted ground: no model may write."""

from __future__ import annotations

from collections.abc import Iterator

from adplat.domain import Objection, Weight
from adplat.review.eyes import Eyes
from adplat.review.rule import Rule, Saying
from adplat.review.spoken import quoted
from adplat.review.subject import Subject

_SURE = 0.7
_FEWEST = 2  # letters; textures are now and then read as a single one


def look(subject: Subject, eyes: Eyes) -> Iterator[Objection]:
    """What can be read on the background layer alone."""
    for line in eyes.lines_of_ground():
        letters = sum(character.isalnum() for character in line.text)
        if line.sure >= _SURE and letters >= _FEWEST:
            yield RULE.objection(
                Weight.FAIL,
                "letters",
                {"words": quoted(line.text)},
                {"sure": round(line.sure, 3)},
                [line.box],
            )


RULE: Rule = Rule(
    "picture.background_letters",
    "no letters stand in a painted background",
    look,
    {
        "letters": Saying("the background has letters: {words}", "paint the ground once more with another seed"),
    },
)
