"""What waits for a person's word: uploads first, then drafts, page after page; and many decided at once.

A page costs two reads of SQL, however many stand on it: the things, and what their reviews found.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from adplat.domain import (
    Comparison,
    Condition,
    ConfigRejected,
    Creative,
    CreativeStatus,
    InputError,
    KeptDraft,
    ListRequest,
    ReviewVerdict,
)
from adplat.flows.admin_parts import SeenParts
from adplat.flows.decide_drafts import approve_draft
from adplat.flows.describe_drafts import review_document
from adplat.flows.edit_creatives import HANDED_IN, VERDICT, decide_creative, reviews_of

MOST_AT_ONCE = 100
_HELD = Condition("status", Comparison.IS, (CreativeStatus.HELD.value,))
# A filter by verdict passes over what it does not want; so many reads for a page, then the page is short.
_MOST_READS = 6


class Waits(StrEnum):
    """What kind of thing waits."""

    CREATIVE = "creative"
    DRAFT = "draft"


@dataclass(frozen=True, slots=True)
class Waiting:
    """One thing that waits, with what its review found; ``None``: nobody reviewed it here."""

    thing: Creative | KeptDraft
    review: Mapping[str, Any] | None

    @property
    def kind(self) -> Waits:
        return Waits.CREATIVE if isinstance(self.thing, Creative) else Waits.DRAFT

    @property
    def thing_id(self) -> str:
        return self.thing.creative_id if isinstance(self.thing, Creative) else self.thing.draft_id

    @property
    def is_clean(self) -> bool:
        """Its review passed it, and found nothing at all."""
        return self.review is not None and is_clean(self.review)


@dataclass(frozen=True, slots=True)
class Queue:
    """A part of what waits; ``next`` asks for what follows, empty at the end."""

    items: tuple[Waiting, ...]
    next: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """Which part. Empty texts and ``None`` are no conditions."""

    kind: Waits | None = None
    advertiser_id: str = ""
    verdict: ReviewVerdict | None = None
    limit: int = 24
    cursor: str = ""


def is_clean(review: Mapping[str, Any]) -> bool:
    """Whether a review passed what it looked at, and found nothing at all."""
    return review[VERDICT] == ReviewVerdict.PASS.value and not review["findings"]


def waiting(parts: SeenParts, asked: Asked) -> Queue:
    """What the viewer sees of the queue. Raises ConfigRejected for a cursor of another list."""
    told, _, cursor = asked.cursor.partition(":")
    kinds = [asked.kind] if asked.kind is not None else list(Waits)
    if asked.cursor:
        if told not in kinds:
            raise ConfigRejected("the cursor does not belong to this list", where="cursor", hint="begin at the start")
        kinds = kinds[kinds.index(Waits(told)) :]
    found: list[Waiting] = []
    for _ in range(_MOST_READS):
        missing = asked.limit - len(found)
        if not kinds or not missing:
            break
        items, cursor = _read(parts, kinds[0], asked, missing, cursor)
        found += [one for one in items if asked.verdict is None or _verdict(one) == asked.verdict.value]
        if not cursor:
            kinds = kinds[1:]
    return Queue(tuple(found), f"{kinds[0].value}:{cursor}" if kinds else "")


def verdicts_of(parts: SeenParts, creatives: Sequence[Creative]) -> dict[str, str]:
    """The verdicts of creatives that were handed in or drafted here, by two reads at most."""
    handed_in = parts.audit.about_each([one.creative_id for one in creatives], HANDED_IN)
    found = {
        name: entries[-1].detail[VERDICT] for name, entries in handed_in.items() if entries[-1].detail.get(VERDICT)
    }
    drafted = [one.creative_id for one in creatives if one.provenance.origin == "generated"]
    if drafted:
        wanted = Condition("draft_id", Comparison.IS, tuple(drafted))
        kept = parts.drafts.draft_page(ListRequest([wanted], limit=len(drafted))).items
        found |= {one.draft_id: one.review.verdict.value for one in kept}
    return found


@dataclass(frozen=True, slots=True)
class Named:
    """One thing that somebody decides on, as it was seen."""

    kind: Waits
    thing_id: str
    etag: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one; ``why`` it was not done, ``None`` where it was."""

    named: Named
    why: InputError | None = None


def approve_clean(
    parts: SeenParts, named: Sequence[Named], reason: str, unchanged: Callable[[str, Creative | KeptDraft], None]
) -> list[Outcome]:
    """Approve each that its review passed without a finding; what keeps one keeps no other.

    ``unchanged`` raises where a thing is not what an ETag tells. Raises ConfigRejected for none, or too many.
    """
    if not 1 <= len(named) <= MOST_AT_ONCE:
        raise ConfigRejected(f"{len(named)} are named", where="items", hint=f"name 1 to {MOST_AT_ONCE}")
    reviews = reviews_of(parts, [one.thing_id for one in named if one.kind is Waits.CREATIVE])
    outcomes = []
    for one in named:
        try:
            _approve(parts, one, reason, reviews.get(one.thing_id), unchanged)
        except InputError as error:
            outcomes.append(Outcome(one, error))
        else:
            outcomes.append(Outcome(one))
    return outcomes


def _approve(
    parts: SeenParts,
    one: Named,
    reason: str,
    review: Mapping[str, Any] | None,
    unchanged: Callable[[str, Creative | KeptDraft], None],
) -> None:
    if one.kind is Waits.DRAFT:
        kept = parts.drafts.find(one.thing_id)
        unchanged(one.etag, kept)
        _require_clean(one, review_document(kept.review))
        approve_draft(parts.draft_parts(), one.thing_id, reason)
        return
    parts.edits.creative(one.thing_id)  # what is not there has no review either
    _require_clean(one, review)
    decide_creative(parts, one.thing_id, CreativeStatus.APPROVED, reason, lambda before: unchanged(one.etag, before))


def _require_clean(one: Named, review: Mapping[str, Any] | None) -> None:
    if review is None or not is_clean(review):
        raise ConfigRejected(
            "its review found something, or never was",
            where=f"{one.kind.value} {one.thing_id}",
            hint="look at it, and approve or reject it by itself",
        )


def _read(parts: SeenParts, kind: Waits, asked: Asked, limit: int, cursor: str) -> tuple[list[Waiting], str]:
    conditions = [_HELD]
    if asked.advertiser_id:
        conditions.append(Condition("advertiser_id", Comparison.IS, (asked.advertiser_id,)))
    request = ListRequest(conditions, limit=limit, cursor=cursor)
    if kind is Waits.DRAFT:
        drafts = parts.drafts.draft_page(request)
        return [Waiting(one, review_document(one.review)) for one in drafts.items], drafts.next
    page = parts.catalogue.creative_page(request)
    reviews = reviews_of(parts, [one.creative_id for one in page.items])
    return [Waiting(one, reviews.get(one.creative_id)) for one in page.items], page.next


def _verdict(one: Waiting) -> str:
    return "" if one.review is None else str(one.review[VERDICT])
