"""Pornography, scored by a learned network: it can add an objection and never lifts one."""

from __future__ import annotations

from collections.abc import Iterator

from adplat.domain import Objection, Weight
from adplat.review.eyes import Eyes
from adplat.review.rule import Rule, Saying
from adplat.review.subject import Subject

# Yahoo's own reading of its scores: below 0.2 is safe, above 0.8 is not; what is between wants a person.
_UNSAFE, _UNSURE = 0.8, 0.2


def look(subject: Subject, eyes: Eyes) -> Iterator[Objection]:
    """By the score of the whole picture."""
    score = eyes.nudity()
    if score < _UNSURE:
        return
    yield RULE.objection(
        Weight.FAIL if score > _UNSAFE else Weight.HOLD,
        "unsafe" if score > _UNSAFE else "unsure",
        {"score": score},
        {"score": round(score, 4)},
    )


RULE: Rule = Rule(
    "safety.nudity",
    "no picture is pornographic",
    look,
    {
        "unsafe": Saying("the picture scores {score:.2f} of 1 for nudity", "choose another picture"),
        "unsure": Saying("the picture scores {score:.2f} of 1 for nudity", "have a person look at the picture"),
    },
)
