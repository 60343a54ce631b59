"""A creative that somebody hands in is reviewed before anybody sees it, and waits for a person; then it may run.

::

    handed in ──review fails──▶ rejected
        └──passes or holds──▶ held ──a person──▶ approved ──▶ live ◀──▶ paused ──▶ retired
                               └────a person──▶ rejected

What the review found is kept as an object, and the audit trail names it by its hash: the evidence for a decision can
no more be changed than the decision.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import msgspec

from adplat.artwork import open_upload
from adplat.domain import (
    AuditEntry,
    ConfigRejected,
    Copy,
    Creative,
    CreativeStatus,
    ImageAsset,
    Provenance,
    ReviewVerdict,
)
from adplat.flows.admin_parts import SeenParts
from adplat.flows.decide_drafts import GENERATED
from adplat.flows.made_once import REQUEST, digest_of, id_of, made_before
from adplat.flows.review_upload import HandedIn, review_upload, words_of

HANDED_IN = "creative hand in"
REVIEW, VERDICT, REASON = "review", "verdict", "reason"
MOST_PICTURE_BYTES = 10 * 1024 * 1024
_LONGEST_WORDS = 2_000
_LONGEST_REASON = 2_000
_BY_PERSON = (CreativeStatus.APPROVED, CreativeStatus.REJECTED)
_BY_OWNER = (CreativeStatus.LIVE, CreativeStatus.PAUSED, CreativeStatus.RETIRED)


@dataclass(frozen=True, slots=True)
class Upload:
    """A picture file, or words, or both, for one place; ``file_name`` is only what it claims to be."""

    ad_id: str
    placement: str
    words: Copy
    content: bytes = b""
    file_name: str = ""
    category: str = ""


def hand_in(parts: SeenParts, upload: Upload, key: str = "") -> Creative:
    """Into the catalogue with it, held or rejected. Raises UnknownReference, ConfigRejected, UploadRefused."""
    ad = parts.edits.ad(upload.ad_id)
    campaign = parts.edits.campaign(ad.campaign_id)
    _require_words(upload)
    if len(upload.content) > MOST_PICTURE_BYTES:
        raise ConfigRejected(
            f"the picture is larger than {MOST_PICTURE_BYTES // 2**20} MiB", where="image", hint="send a smaller one"
        )
    if upload.file_name and not upload.content:
        raise ConfigRejected(
            f"{upload.file_name[:256]!r} is an empty file", where="image", hint="send the picture itself, or no file"
        )
    named, digest = id_of(parts, "c", key), digest_of(upload)
    before = made_before(parts, named, digest, parts.edits.creative)
    if before is not None:
        return before
    picture = open_upload(upload.content, upload.file_name) if upload.content else None
    told = [("headline", upload.words.headline), ("body", upload.words.body), ("cta", upload.words.cta)]
    words = words_of([(part, text) for part, text in told if text], upload.words.language)
    review = review_upload(HandedIn(upload.placement, picture, words or None, whole=True), parts.placements)
    failed = review[VERDICT] == ReviewVerdict.FAIL.value
    image = None
    if picture is not None:
        # Its name is never a path of ours.
        image = ImageAsset(parts.objects.put(picture.content), "", picture.width_px, picture.height_px)
    made = Creative(
        creative_id=named,
        ad_id=ad.ad_id,
        campaign_id=campaign.campaign_id,
        advertiser_id=campaign.advertiser_id,
        status=CreativeStatus.REJECTED if failed else CreativeStatus.HELD,
        copy=upload.words,
        image=image,
        category=upload.category,
        provenance=Provenance("human", f"handed in for {upload.placement}"),
    )
    kept = parts.objects.put(msgspec.json.encode(review, order="deterministic"))
    detail = {VERDICT: str(review[VERDICT]), REVIEW: kept, "placement": upload.placement, REQUEST: digest}
    if failed:
        detail[REASON] = "the review failed"
    if not parts.edits.add_creative(made, _entry(parts, HANDED_IN, made, detail)):
        return made_before(parts, named, digest, parts.edits.creative) or made
    return made


def review_of(parts: SeenParts, creative_id: str) -> Mapping[str, Any] | None:
    """What the review found when it was handed in; ``None``: nobody reviewed it here."""
    return reviews_of(parts, [creative_id]).get(creative_id)


def reviews_of(parts: SeenParts, creative_ids: Sequence[str]) -> dict[str, Mapping[str, Any]]:
    """The same of many at once, by id; one that nobody reviewed here is absent."""
    found: dict[str, Mapping[str, Any]] = {}
    for creative_id, entries in parts.audit.about_each(creative_ids, HANDED_IN).items():
        kept = [entry.detail[REVIEW] for entry in entries if entry.detail.get(REVIEW)]
        if kept:
            found[creative_id] = msgspec.json.decode(parts.objects.get(kept[-1]))
    return found


def decide_creative(
    parts: SeenParts,
    creative_id: str,
    wanted: CreativeStatus,
    reason: str,
    unchanged: Callable[[Creative], None] = lambda _: None,
) -> Creative:
    """Approve or reject one that is held. Raises UnknownReference, ConfigRejected, and what ``unchanged`` raises."""
    if wanted not in _BY_PERSON:
        raise ConfigRejected(f"{wanted.value} is no decision", where="status", hint="approve it or reject it")
    said = reason.strip()
    if not said or len(said) > _LONGEST_REASON:
        raise ConfigRejected("no reason is given", where="reason", hint=f"say why, in up to {_LONGEST_REASON} letters")
    review = review_of(parts, creative_id)
    if wanted is CreativeStatus.APPROVED and review is not None and review[VERDICT] == ReviewVerdict.FAIL.value:
        raise ConfigRejected("its review failed", where=f"creative {creative_id}", hint="mend it and hand it in again")
    return _become(parts, creative_id, wanted, {REASON: said}, unchanged)


def steps_of(creative: Creative) -> tuple[CreativeStatus, ...]:
    """What ``run_creative`` may make of it now; nothing of a generated one that is approved: it is released."""
    if _is_to_be_released(creative):
        return ()
    return tuple(one for one in _BY_OWNER if creative.status.may_become(one))


def run_creative(
    parts: SeenParts,
    creative_id: str,
    wanted: CreativeStatus,
    unchanged: Callable[[Creative], None] = lambda _: None,
) -> Creative:
    """Live, paused or retired. Raises UnknownReference, ConfigRejected, and what ``unchanged`` raises."""
    if wanted not in _BY_OWNER:
        raise ConfigRejected(
            f"{wanted.value} is decided otherwise",
            where="status",
            hint="set live, paused or retired; approve or reject",
        )

    def as_was(before: Creative) -> None:
        unchanged(before)
        if _is_to_be_released(before):
            raise ConfigRejected(
                "a generated creative goes live with a share for the originals",
                where=f"creative {creative_id}",
                hint="release it: adplat drafts release",
            )

    return _become(parts, creative_id, wanted, {}, as_was)


def _is_to_be_released(creative: Creative) -> bool:
    return creative.status is CreativeStatus.APPROVED and creative.provenance.origin == GENERATED


def _become(
    parts: SeenParts,
    creative_id: str,
    wanted: CreativeStatus,
    detail: dict[str, str],
    unchanged: Callable[[Creative], None],
) -> Creative:
    def step(before: Creative) -> Creative:
        unchanged(before)
        if before.status is wanted:
            return before
        if not before.status.may_become(wanted):
            raise ConfigRejected(
                f"it is {before.status.value} and cannot become {wanted.value}",
                where=f"creative {creative_id}",
                hint="see its life in docs/admin.md",
            )
        return replace(before, status=wanted)

    def entry(before: Creative, after: Creative) -> AuditEntry:
        told = detail | {"status": f"{before.status.value} → {after.status.value}"}
        return _entry(parts, f"creative {after.status.value}", after, told)

    return parts.edits.change_creative(creative_id, step, entry)


def _require_words(upload: Upload) -> None:
    told = {name: getattr(upload.words, name) for name in ("headline", "body", "cta", "language")}
    for name, text in (told | {"category": upload.category, "placement": upload.placement}).items():
        if len(text) > _LONGEST_WORDS or not text.replace("\n", " ").isprintable():
            raise ConfigRejected("no text", where=name, hint=f"give up to {_LONGEST_WORDS} printable characters")


def _entry(parts: SeenParts, action: str, creative: Creative, detail: dict[str, str]) -> AuditEntry:
    now = parts.clock.now()
    return AuditEntry(now, parts.by, action, creative.creative_id, detail, advertiser_id=creative.advertiser_id)
