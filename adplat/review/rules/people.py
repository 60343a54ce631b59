"""People in the picture: somebody must know who they are, or say that nobody is."""

from __future__ import annotations

from collections.abc import Iterator

from adplat.domain import Objection, Weight
from adplat.review.eyes import Eyes
from adplat.review.rule import Rule
from adplat.review.subject import Subject


def look(subject: Subject, eyes: Eyes) -> Iterator[Objection]:
    """Any face goes to a person: for the consent where it is real, for the disclosure where it is made."""
    faces = eyes.faces()
    if not faces:
        return
    made = any(making.model and making.wholly_generated for making in subject.makings or ())
    fix = (
        "disclose that the person is not real"
        if made
        else "record the consent of the person, or disclose that it is none"
    )
    count = "a face" if len(faces) == 1 else f"{len(faces)} faces"
    yield RULE.objection(
        Weight.HOLD,
        f"{count} found, the surest by {faces[0]:.2f}",
        fix,
        {"faces": len(faces), "sure": round(faces[0], 3)},
    )


RULE: Rule = Rule("people.disclosure", "where a person is seen, consent or disclosure is on record", look)
