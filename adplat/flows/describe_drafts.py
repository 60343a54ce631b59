"""Kept drafts as plain data, for ``--json``, for tables and for HTTP."""

from __future__ import annotations

from typing import Any

import msgspec

from adplat.domain import Draft, KeptDraft, Objection, Review
from adplat.flows.draft_parts import DraftParts


def review_document(review: Review) -> dict[str, Any]:
    """The verdict and what was found; ``severity`` is what the finding does: fail, hold or warn.

    ``places`` are boxes on the picture, in its pixels: left, top, width, height. ``saying`` and ``details`` are what
    pages of other languages tell a finding from.
    """
    return {
        "placement": review.placement_id,
        "verdict": review.verdict.value,
        "findings": [
            {
                "rule": one.rule,
                "severity": one.weight.value,
                "evidence": one.evidence,
                "fix": one.fix,
                "figures": dict(one.figures),
                "places": places_of(one),
                "saying": one.saying,
                "details": dict(one.details),
            }
            for one in review.objections
        ],
        "not_looked": dict(review.not_looked),
    }


def places_of(found: Objection) -> list[list[int]]:
    """Left, top, width and height of each."""
    return [[box.left, box.top, box.width, box.height] for box in found.places]


def draft_document(draft: Draft) -> dict[str, Any]:
    """What a draft is made of; ``p_click`` are low, middle and high of its 80 % interval, null without a bundle."""
    artwork = draft.artwork
    return {
        "draft_id": draft.draft_id,
        "brief_id": draft.brief_id,
        "placement": draft.placement_id,
        "width_px": None if artwork is None else artwork.width_px,
        "height_px": None if artwork is None else artwork.height_px,
        "language": draft.copy.language,
        "copy": [{"part": one.part, "text": one.text, "fact_ids": list(one.fact_ids)} for one in draft.copy.sentences],
        "made_of": {} if artwork is None else dict(artwork.made_of),
        "makings": [msgspec.to_builtins(one) for one in draft.makings],
        "media_type": draft.media_type,
        "file_sha256": draft.file_sha256,
        "pixels_sha256": draft.pixels_sha256,
        "parents": list(draft.parents),
        "bundle_id": draft.bundle_id or None,
        "p_click": None if draft.p_click is None else list(draft.p_click),
        "nearest": list(draft.nearest),
        "lowered_by": list(draft.lowered_by),
    }


def kept_document(kept: KeptDraft) -> dict[str, Any]:
    """A kept draft with its review and its place in its life."""
    return draft_document(kept.draft) | {
        "status": kept.status.value,
        "advertiser_id": kept.advertiser_id,
        "campaign_id": kept.campaign_id,
        "made_at": kept.made_at.isoformat(),
        "made_by": kept.made_by,
        "decided_at": None if kept.decided_at is None else kept.decided_at.isoformat(),
        "decided_by": kept.decided_by or None,
        "reason": kept.reason or None,
        "creative_id": kept.creative_id or None,
        "review": review_document(kept.review),
    }


def draft_story(parts: DraftParts, draft_id: str) -> dict[str, Any]:
    """One draft with its brief, its tree and what was done with it. Raises UnknownReference."""
    kept = parts.drafts.find(draft_id)
    return kept_document(kept) | {
        "brief": dict(kept.brief),
        "artwork": None if kept.draft.artwork is None else msgspec.to_builtins(kept.draft.artwork),
        "changes": [
            {"at": one.at.isoformat(), "actor": one.actor, "action": one.action, "detail": dict(one.detail)}
            for one in parts.audit.about(draft_id)
        ],
    }
