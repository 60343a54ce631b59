"""How many texts of each part a place asks for, and one short one."""

from __future__ import annotations

from collections.abc import Iterator

from adplat.artwork import display_width
from adplat.domain import Objection, TextLimit, Weight
from adplat.review.cannot_look import CannotLook
from adplat.review.eyes import Eyes
from adplat.review.rule import Rule, Saying
from adplat.review.subject import Subject


def look(subject: Subject, eyes: Eyes) -> Iterator[Objection]:
    """Too many or too few; a draft is one of several creatives, so that what it lacks is only said.

    So it is where the limit is not the owner's own, as a picture may show its words itself; without one a person decides.
    """
    if subject.words is None and not subject.whole:
        raise CannotLook("no copy was given")
    told = [words for words in subject.words or () if words.text.strip()]
    for limit in subject.placement.texts:
        widths = [display_width(words.text) for words in told if words.part == limit.part]
        yield from _objections(limit, widths, subject)


def _objections(limit: TextLimit, widths: list[int], subject: Subject) -> Iterator[Objection]:
    place, count = subject.placement.placement_id, len(widths)
    owned = limit.source.owner_sourced
    if limit.most is not None and count > limit.most:
        yield RULE.objection(
            Weight.FAIL if owned else Weight.WARN,
            "too_many",
            {"count": count, "part": limit.part, "place": place, "most": limit.most, "spare": count - limit.most},
        )
    lacking = Weight.WARN
    if subject.artwork is None and owned:
        lacking = Weight.FAIL
    elif subject.whole and subject.picture is None:
        lacking = Weight.HOLD
    if count < limit.fewest:
        yield RULE.objection(
            lacking,
            "too_few",
            {
                "count": count,
                "part": limit.part,
                "place": place,
                "fewest": limit.fewest,
                "lacking": limit.fewest - count,
            },
        )
    if limit.short_width is not None and widths and min(widths) > limit.short_width:
        yield RULE.objection(
            lacking,
            "none_short",
            {"part": limit.part, "short_width": limit.short_width, "place": place},
        )


RULE: Rule = Rule(
    "copy.counts",
    "there are as many texts of each part as the place asks for, one of them short",
    look,
    {
        "too_many": Saying("{count} texts of part {part}; {place} takes {most} at most", "leave out {spare}"),
        "too_few": Saying("{count} texts of part {part}; {place} asks for {fewest} at least", "add {lacking}"),
        "none_short": Saying(
            "no text of part {part} is {short_width} wide or less; {place} asks for one",
            "add one of at most {short_width} (a full-width character counts two)",
        ),
    },
)
