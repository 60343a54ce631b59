"""A round of drafts into a workspace: pictures and sidecars as objects, drafts and reviews in SQL, all of them held."""

from __future__ import annotations

import msgspec

from adplat.domain import KeptDraft
from adplat.flows.draft_parts import DraftParts
from adplat.flows.draft_round import DraftRound
from adplat.flows.write_drafts import sidecar_of


def keep_drafts(parts: DraftParts, done: DraftRound) -> list[KeptDraft]:
    """Keep them; those that are kept already stay as they are, whatever became of them.

    Objects are stored before the rows that name them, so that nothing names what is not there.
    """
    now, brief = parts.clock.now(), msgspec.json.decode(msgspec.json.encode(done.brief))
    kept = []
    for one in done.made:
        if one.content:
            parts.objects.put(one.content)
        kept.append(
            KeptDraft(
                draft=one.draft,
                review=one.review,
                advertiser_id=done.brief.advertiser_id,
                campaign_id=done.brief.campaign_id,
                brief=brief,
                made_at=now,
                made_by=parts.by,
                sidecar_sha256=parts.objects.put(sidecar_of(one, done.brief)),
            )
        )
    return parts.drafts.keep(kept)
