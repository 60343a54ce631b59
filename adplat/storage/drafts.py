"""DraftStore in SQL: drafts as documents, their place in their life as columns, reviews as rows that never change."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, Select, insert, select, update

from adplat.domain import (
    Ad,
    AuditEntry,
    Creative,
    CreativeStatus,
    Draft,
    KeptDraft,
    ListRequest,
    Page,
    Review,
    UnknownReference,
    actor_kind,
)
from adplat.storage import rows
from adplat.storage.audit_trail import audit
from adplat.storage.pages import (
    Listing,
    asked,
    choice_field,
    counted_by,
    moment_field,
    number_field,
    page_of,
    text_field,
)
from adplat.storage.tables import AdRow, CreativeRow, DraftMakingRow, DraftParentRow, DraftReviewRow, DraftRow
from adplat.storage.transactions import Database
from adplat.storage.upserts import inserted_once, keep_rows, replace_rows

_COLUMNS = DraftRow.__table__.columns


DRAFT_LISTING = Listing(
    "drafts",
    key="number",
    order="-number",
    fields={
        "number": number_field(DraftRow.number, may_order=True),
        "draft_id": text_field(DraftRow.draft_id),
        "status": choice_field(DraftRow.status, CreativeStatus),
        "advertiser_id": text_field(DraftRow.advertiser_id),
        "campaign_id": text_field(DraftRow.campaign_id),
        "brief_id": text_field(DraftRow.brief_id),
        "placement": text_field(DraftRow.placement_id),
        "made": moment_field(DraftRow.made),
        "made_by": text_field(DraftRow.made_by),
    },
)


class SqlDrafts:
    """Implements ``domain.DraftStore``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def keep(self, drafts: Sequence[KeptDraft]) -> list[KeptDraft]:
        """Keep them, all or none; see the port."""
        with self._database.write() as connection:
            return [_kept_once(connection, one) for one in drafts]

    def find(self, draft_id: str) -> KeptDraft:
        """Raises UnknownReference."""
        with self._database.read() as session:
            row = session.execute(_with_review().where(DraftRow.draft_id == draft_id)).first()
        return _one(row, draft_id)

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
        """Newest first; see the port."""
        wanted = _with_review().order_by(DraftRow.number.desc()).limit(limit)
        if status is not None:
            wanted = wanted.where(DraftRow.status == status.value)
        if advertisers is not None:
            wanted = wanted.where(DraftRow.advertiser_id.in_(list(advertisers)))
        if campaign_id:
            wanted = wanted.where(DraftRow.campaign_id == campaign_id)
        if brief_id:
            wanted = wanted.where(DraftRow.brief_id == brief_id)
        with self._database.read() as session:
            if after:
                number = session.execute(select(DraftRow.number).where(DraftRow.draft_id == after)).scalar()
                if number is None:
                    raise _unknown(after)
                wanted = wanted.where(DraftRow.number < number)
            return [_kept_of(row) for row in session.execute(wanted)]

    def draft_page(self, request: ListRequest) -> Page[KeptDraft]:
        """A page of them, newest first unless it says otherwise. Raises ConfigRejected."""
        with self._database.read() as session:
            found = session.execute(asked(DRAFT_LISTING, request, _with_review())).all()
        return page_of(DRAFT_LISTING, request, found, _kept_of)

    def held_drafts(self) -> dict[str, int]:
        """How many drafts wait for a decision, by advertiser."""
        with self._database.read() as session:
            return counted_by(session, DraftRow.advertiser_id, DraftRow.status == CreativeStatus.HELD.value)

    def approve(self, draft_id: str, creative: Creative, ad: Ad, at: datetime, by: str, reason: str) -> KeptDraft:
        """It is approved, and in the catalogue; see the port."""
        with self._database.write() as connection:
            before = _locked(connection, draft_id)
            after = before.approved(creative.creative_id, at, by, reason)
            keep_rows(connection, AdRow, [rows.ad_values(ad)])
            replace_rows(connection, CreativeRow, [rows.creative_values(creative)])
            detail = {"reason": after.reason, "creative_id": creative.creative_id, "verdict": before.review.verdict}
            return _changed(connection, after, _entry(at, by, "draft approve", after, detail))

    def reject(self, draft_id: str, at: datetime, by: str, reason: str) -> KeptDraft:
        """Raises UnknownReference, ConfigRejected."""
        with self._database.write() as connection:
            after = _locked(connection, draft_id).rejected(at, by, reason)
            return _changed(connection, after, _entry(at, by, "draft reject", after, {"reason": after.reason}))

    def release(self, draft_ids: Sequence[str], at: datetime, by: str) -> list[KeptDraft]:
        """They and their creatives go live, all or none; see the port."""
        with self._database.write() as connection:
            # In one order, so that two who release the same ones wait for each other and do not lock each other out.
            return [self._release(connection, name, at, by) for name in sorted(set(draft_ids))]

    def made_with(self, model: str) -> list[str]:
        """Ids of the drafts of which some part was made by this model, oldest first."""
        of_it = select(DraftMakingRow.draft_id).where(DraftMakingRow.model == model)
        wanted = select(DraftRow.draft_id).where(DraftRow.draft_id.in_(of_it)).order_by(DraftRow.number)
        with self._database.read() as session:
            return list(session.execute(wanted).scalars())

    def _release(self, connection: Connection, draft_id: str, at: datetime, by: str) -> KeptDraft:
        after = _locked(connection, draft_id).released()
        row = update(CreativeRow).where(CreativeRow.creative_id == after.creative_id)
        connection.execute(row.values(status=CreativeStatus.LIVE.value))
        detail = {"creative_id": after.creative_id}
        return _changed(connection, after, _entry(at, by, "draft release", after, detail))


def _kept_once(connection: Connection, kept: KeptDraft) -> KeptDraft:
    if inserted_once(connection, DraftRow, _values_of(kept), ["draft_id"]) is None:
        return _locked(connection, kept.draft_id)
    draft, review = kept.draft, kept.review
    makings = [
        {
            "draft_id": draft.draft_id,
            "position": position,
            "made_by": making.by,
            "model": making.model,
            "licence": making.licence,
            "seed": making.seed,
            "prompt": making.prompt,
            "wholly_generated": making.wholly_generated,
        }
        for position, making in enumerate(draft.makings)
    ]
    keep_rows(connection, DraftMakingRow, makings)
    keep_rows(connection, DraftParentRow, [{"draft_id": draft.draft_id, "parent_id": one} for one in draft.parents])
    found = {
        "draft_id": draft.draft_id,
        "at": kept.made_at,
        "verdict": review.verdict.value,
        "document": msgspec.to_builtins(review),
    }
    connection.execute(insert(DraftReviewRow).values(found))
    detail = {"brief_id": draft.brief_id, "placement_id": draft.placement_id, "verdict": review.verdict.value}
    audit(connection, _entry(kept.made_at, kept.made_by, "draft keep", kept, detail))
    return kept


def _entry(at: datetime, by: str, action: str, kept: KeptDraft, detail: Mapping[str, str]) -> AuditEntry:
    owner = kept.advertiser_id or None
    return AuditEntry(at, by, action, kept.draft_id, detail, actor_kind(by), owner)


def _with_review() -> Select[Any]:
    """Drafts, each with its latest review."""
    latest = (
        select(DraftReviewRow.document)
        .where(DraftReviewRow.draft_id == DraftRow.draft_id)
        .order_by(DraftReviewRow.review_id.desc())
        .limit(1)
        .correlate(DraftRow)
        .scalar_subquery()
    )
    return select(*_COLUMNS, latest.label("review"))


def _locked(connection: Connection, draft_id: str) -> KeptDraft:
    """The row, which nobody else changes meanwhile."""
    held = select(DraftRow.number).where(DraftRow.draft_id == draft_id).with_for_update()
    if connection.execute(held).first() is None:
        raise _unknown(draft_id)
    return _one(connection.execute(_with_review().where(DraftRow.draft_id == draft_id)).first(), draft_id)


def _changed(connection: Connection, after: KeptDraft, entry: AuditEntry) -> KeptDraft:
    row = update(DraftRow).where(DraftRow.draft_id == after.draft_id)
    connection.execute(row.values(_life_of(after)))
    audit(connection, entry)
    return after


def _one(row: Row[Any] | None, draft_id: str) -> KeptDraft:
    if row is None:
        raise _unknown(draft_id)
    return _kept_of(row)


def _unknown(draft_id: str) -> UnknownReference:
    return UnknownReference("no draft has this id", where=f"draft {draft_id[:64]}", hint="see 'adplat drafts list'")


def _life_of(kept: KeptDraft) -> dict[str, Any]:
    """The columns that may change."""
    return {
        "status": kept.status.value,
        "decided": kept.decided_at,
        "decided_by": kept.decided_by,
        "reason": kept.reason,
        "creative_id": kept.creative_id,
    }


def _values_of(kept: KeptDraft) -> dict[str, Any]:
    draft = kept.draft
    return _life_of(kept) | {
        "draft_id": draft.draft_id,
        "brief_id": draft.brief_id,
        "advertiser_id": kept.advertiser_id,
        "campaign_id": kept.campaign_id,
        "placement_id": draft.placement_id,
        "made": kept.made_at,
        "made_by": kept.made_by,
        "file_sha256": draft.file_sha256,
        "bundle_id": draft.bundle_id,
        "document": msgspec.to_builtins(draft),
        "brief": dict(kept.brief),
        "sidecar_sha256": kept.sidecar_sha256,
    }


def _kept_of(row: Row[Any]) -> KeptDraft:
    return KeptDraft(
        draft=msgspec.convert(row.document, Draft),
        review=msgspec.convert(row.review, Review),
        advertiser_id=row.advertiser_id,
        campaign_id=row.campaign_id,
        brief=row.brief,
        made_at=row.made,
        made_by=row.made_by,
        status=CreativeStatus(row.status),
        sidecar_sha256=row.sidecar_sha256,
        decided_at=row.decided,
        decided_by=row.decided_by,
        reason=row.reason,
        creative_id=row.creative_id,
    )
