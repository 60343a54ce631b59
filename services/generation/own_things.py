"""What a caller of some advertisers may draft, see and decide: its own things, and no others'.

What is somebody else's is answered like what is not there.
"""

from __future__ import annotations

from adplat.domain import Caller, DraftStore, KeptDraft, NotPermitted, UnknownReference


def require_own_advertiser(caller: Caller, advertiser_id: str) -> None:
    """Raises NotPermitted for another's."""
    if not caller.may_see(advertiser_id):
        raise NotPermitted(
            f"caller {caller.caller_id!r} may not draft for advertiser {advertiser_id[:64]!r}",
            where="brief.advertiser_id",
            hint="name one of its own, or ask whoever runs this service for more",
        )


def own_draft(caller: Caller, drafts: DraftStore, draft_id: str) -> KeptDraft:
    """Raises UnknownReference, in the same words for none and for another's."""
    unknown = UnknownReference("no draft has this id", where=f"draft {draft_id[:64]}", hint="see GET /v1/drafts")
    try:
        kept = drafts.find(draft_id)
    except UnknownReference:
        raise unknown from None
    if not caller.may_see(kept.advertiser_id):
        raise unknown
    return kept
