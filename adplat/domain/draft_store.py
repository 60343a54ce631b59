"""Drafts that are kept, what became of them, and their port.

::

    held ──▶ approved ──▶ live          approved: in the catalogue, not shown yet; live: the bandit may choose it
      └────▶ rejected

Whoever approves or rejects says why. A draft that failed its review is not approved by anybody: it is mended, which
makes another draft.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Protocol

from adplat.domain.catalogue import Ad, Creative, CreativeStatus
from adplat.domain.drafts import Draft
from adplat.domain.errors import ConfigRejected
from adplat.domain.listing import ListRequest, Page
from adplat.domain.reviews import Review, ReviewVerdict


@dataclass(frozen=True, slots=True)
class KeptDraft:
    """A draft with its review and its place in its life.

    Args:
        brief: the brief as plain data, so that what it was made from stays told.
        sidecar_sha256: object with all that is known of its making, as JSON.
        creative_id: of the catalogue, from its approval on; empty before.
    """

    draft: Draft
    review: Review
    advertiser_id: str
    campaign_id: str
    brief: Mapping[str, Any]
    made_at: datetime
    made_by: str
    status: CreativeStatus = CreativeStatus.HELD
    sidecar_sha256: str = ""
    decided_at: datetime | None = None
    decided_by: str = ""
    reason: str = ""
    creative_id: str = ""

    @property
    def draft_id(self) -> str:
        return self.draft.draft_id

    def approved(self, creative_id: str, at: datetime, by: str, reason: str) -> KeptDraft:
        """Raises ConfigRejected where it may not be, and without a reason."""
        self._require(CreativeStatus.APPROVED, reason)
        if self.review.verdict is ReviewVerdict.FAIL:
            failed = sorted({one.rule for one in self.review.objections if one.weight == "fail"})
            raise ConfigRejected(
                f"its review failed ({', '.join(failed)})",
                where=f"draft {self.draft_id}",
                hint="mend what the review names, draft it anew, and approve that",
            )
        return replace(
            self,
            status=CreativeStatus.APPROVED,
            creative_id=creative_id,
            decided_at=at,
            decided_by=by,
            reason=reason.strip(),
        )

    def rejected(self, at: datetime, by: str, reason: str) -> KeptDraft:
        """Raises ConfigRejected where it may not be, and without a reason."""
        self._require(CreativeStatus.REJECTED, reason)
        return replace(self, status=CreativeStatus.REJECTED, decided_at=at, decided_by=by, reason=reason.strip())

    def released(self) -> KeptDraft:
        """It goes live. Raises ConfigRejected where it may not."""
        self._require(CreativeStatus.LIVE, "it was approved")
        return replace(self, status=CreativeStatus.LIVE)

    def _require(self, wanted: CreativeStatus, reason: str) -> None:
        if not self.status.may_become(wanted):
            who = f" by {self.decided_by}" if self.decided_by else ""
            raise ConfigRejected(
                f"it is {self.status.value}{who}, and cannot become {wanted.value}",
                where=f"draft {self.draft_id}",
                hint="held drafts are approved or rejected, approved ones released; what was decided stays",
            )
        if not reason.strip():
            raise ConfigRejected("no reason is given", where=f"draft {self.draft_id}", hint="say in a line why")


class DraftStore(Protocol):
    """Drafts and their reviews in SQL; one call is one transaction, its line in the audit trail included. Nothing is
    ever deleted, and only a draft's place in its life ever changes.
    """

    def keep(self, drafts: Sequence[KeptDraft]) -> list[KeptDraft]:
        """Keep them, all or none; of those whose id is kept already, give what is kept."""
        ...

    def find(self, draft_id: str) -> KeptDraft:
        """Raises UnknownReference."""
        ...

    def drafts(
        self,
        *,
        status: CreativeStatus | None = None,
        advertisers: Collection[str] | None = None,
        campaign_id: str = "",
        brief_id: str = "",
        after: str = "",
        limit: int = 100,
    ) -> list[KeptDraft]:
        """Newest first, those after the draft ``after``. Raises UnknownReference for an ``after`` that is none."""
        ...

    def draft_page(self, request: ListRequest) -> Page[KeptDraft]:
        """A page, newest first unless it says otherwise. Raises ConfigRejected."""
        ...

    def held_drafts(self) -> Mapping[str, int]:
        """How many drafts wait for a decision, by advertiser."""
        ...

    def approve(self, draft_id: str, creative: Creative, ad: Ad, at: datetime, by: str, reason: str) -> KeptDraft:
        """It is approved, and with its ad in the catalogue, in one transaction.

        Raises UnknownReference (the draft, or the ad's campaign), ConfigRejected (see ``KeptDraft.approved``).
        """
        ...

    def reject(self, draft_id: str, at: datetime, by: str, reason: str) -> KeptDraft:
        """Raises UnknownReference, ConfigRejected."""
        ...

    def release(self, draft_ids: Sequence[str], at: datetime, by: str) -> list[KeptDraft]:
        """They and their creatives go live, all or none. Raises UnknownReference, ConfigRejected."""
        ...

    def made_with(self, model: str) -> list[str]:
        """Ids of the drafts of which some part was made by this model, oldest first."""
        ...
