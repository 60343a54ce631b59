"""Does an order of drafts: drafts them, scores them where a model is at hand, keeps them held."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from adplat.data import load_placements
from adplat.domain import Brief, InputError, Job, Progress
from adplat.flows.draft_attempt import DraftTools
from adplat.flows.draft_creatives import MadeDraft
from adplat.flows.draft_orders import ordered
from adplat.flows.draft_parts import DraftParts
from adplat.flows.draft_round import BriefPictures, DraftPlan, draft_round
from adplat.flows.keep_drafts import keep_drafts

OpenTools = Callable[[DraftPlan], DraftTools]
Score = Callable[[Sequence[MadeDraft], Brief, Progress], tuple[MadeDraft, ...]]
_SHARE_OF_DRAFTING = 0.9


def do_draft_job(
    parts: DraftParts, open_tools: OpenTools, score: Score | None, job: Job, tell: Callable[[float], None]
) -> Mapping[str, Any]:
    """Ids of the drafts, what was not available, and the rates; done twice, the same drafts.

    What keeps them from being scored is told as ``unscored`` and keeps nobody from looking at them. Raises InputError
    for a brief, picture or model that cannot be used.
    """
    brief, product, logo, plan = ordered(job.order.payload)
    pictures = BriefPictures(parts.objects.get(product), parts.objects.get(logo) if logo else b"")

    def share(done: int, total: int, _: str) -> None:
        tell(_SHARE_OF_DRAFTING * done / max(total, 1))

    done = draft_round(brief, pictures, load_placements(), plan, open_tools(plan), share)
    unscored = "no model is deployed that could look at them"
    if score is not None and done.made:
        try:
            made = score(done.made, brief, lambda *_: tell(_SHARE_OF_DRAFTING))
        except InputError as reason:
            unscored = str(reason.for_others())
        else:
            done, unscored = replace(done, made=made), ""
    kept = keep_drafts(replace(parts, by=job.order.by), done)
    document = done.document()
    tell(1.0)
    return {
        "brief_id": brief.brief_id,
        "drafts": [one.draft_id for one in kept],
        "available": document["available"],
        "not_available": document["not_available"],
        "unscored": unscored or None,
    }
