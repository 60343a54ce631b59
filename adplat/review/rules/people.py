"""People in the picture: somebody must know who they are, or say that nobody is."""

from __future__ import annotations

from collections.abc import Iterator

from adplat.domain import Objection, Weight
from adplat.review.eyes import Eyes
from adplat.review.rule import Rule, Saying
from adplat.review.subject import Subject


def look(subject: Subject, eyes: Eyes) -> Iterator[Objection]:
    """Any face goes to a person: for the consent where it is real, for the disclosure where it is made."""
    faces = eyes.faces()
    if not faces:
        return
    made = any(making.model and making.wholly_generated for making in subject.makings or ())
    saying = "face" if len(faces) == 1 else "faces"
    yield RULE.objection(
        Weight.HOLD,
        f"made_{saying}" if made else saying,
        {"count": len(faces), "sure": faces[0]},
        {"faces": len(faces), "sure": round(faces[0], 3)},
    )


RULE: Rule = Rule(
    "people.disclosure",
    "where a person is seen, consent or disclosure is on record",
    look,
    {
        "made_face": Saying("a face found, the surest by {sure:.2f}", "disclose that the person is not real"),
        "made_faces": Saying("{count} faces found, the surest by {sure:.2f}", "disclose that the person is not real"),
        "face": Saying(
            "a face found, the surest by {sure:.2f}", "record the consent of the person, or disclose that it is none"
        ),
        "faces": Saying(
            "{count} faces found, the surest by {sure:.2f}",
            "record the consent of the person, or disclose that it is none",
        ),
    },
)
