"""The SQL tables of saved reports, their schedules and what was sent; ``tables`` has all others."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from adplat.storage.tables import Base


class SavedReportRow(Base):
    """One kept question. No advertiser (NULL): the staff's."""

    __tablename__ = "saved_reports"

    report_id: Mapped[str] = mapped_column(primary_key=True)
    owner: Mapped[str] = mapped_column(index=True)
    advertiser_id: Mapped[str | None] = mapped_column(ForeignKey("advertisers.advertiser_id"), index=True)
    name: Mapped[str]
    is_shared: Mapped[bool]
    question: Mapped[dict[str, Any]]
    files: Mapped[list[Any]]
    created: Mapped[datetime] = mapped_column(index=True)
    changed: Mapped[datetime]


class ReportScheduleRow(Base):
    """When a saved report is sent whereto, and what became of the latest sending."""

    __tablename__ = "report_schedules"
    __table_args__ = (Index("ix_report_schedules_due", "is_on", "next_at"),)

    schedule_id: Mapped[str] = mapped_column(primary_key=True)
    report_id: Mapped[str] = mapped_column(ForeignKey("saved_reports.report_id"), index=True)
    owner: Mapped[str] = mapped_column(index=True)
    advertiser_id: Mapped[str | None] = mapped_column(ForeignKey("advertisers.advertiser_id"), index=True)
    times: Mapped[dict[str, Any]]
    file: Mapped[str]
    recipients: Mapped[list[Any]]
    language: Mapped[str]
    webhook: Mapped[str]
    body: Mapped[str]
    scope: Mapped[list[Any] | None] = mapped_column(JSON(none_as_null=True))
    secret_number: Mapped[int]
    is_on: Mapped[bool]
    created: Mapped[datetime]
    next_at: Mapped[datetime]
    state: Mapped[str]
    told: Mapped[str]
    last_at: Mapped[datetime | None]


class ReportSendRow(Base):
    """One target that took what was due at one moment."""

    __tablename__ = "report_sends"

    schedule_id: Mapped[str] = mapped_column(ForeignKey("report_schedules.schedule_id"), primary_key=True)
    due: Mapped[datetime] = mapped_column(primary_key=True)
    target: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    sha256: Mapped[str]
    row_count: Mapped[int]
