"""The SQL tables of people and of the audit trail; ``tables`` has all others."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from adplat.storage.column_types import BigKey
from adplat.storage.tables import Base


class UserRow(Base):
    """One person. Nobody is deleted: the audit trail names them."""

    __tablename__ = "users"

    user_id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    role: Mapped[str]
    password_hash: Mapped[str]
    password_changed: Mapped[datetime]
    created: Mapped[datetime]
    created_by: Mapped[str]
    disabled: Mapped[datetime | None]


class UserAdvertiserRow(Base):
    """This person belongs to this advertiser."""

    __tablename__ = "user_advertisers"

    user_id: Mapped[str] = mapped_column(ForeignKey("users.user_id"), primary_key=True)
    advertiser_id: Mapped[str] = mapped_column(ForeignKey("advertisers.advertiser_id"), primary_key=True)


class UserSessionRow(Base):
    """One signed-in browser, by the hash of its secret."""

    __tablename__ = "user_sessions"

    sha256: Mapped[str] = mapped_column(primary_key=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("users.user_id"), index=True)
    created: Mapped[datetime]
    seen: Mapped[datetime]
    expires: Mapped[datetime] = mapped_column(index=True)
    address: Mapped[str]
    ended: Mapped[datetime | None]


class UserKeyRow(Base):
    """One key of a person, by its hash. No list of advertisers (NULL): all that the person sees."""

    __tablename__ = "user_keys"
    __table_args__ = (Index("ix_user_keys_sha256", "sha256", unique=True),)

    key_id: Mapped[str] = mapped_column(primary_key=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("users.user_id"), index=True)
    name: Mapped[str]
    sha256: Mapped[str]
    rights: Mapped[list[Any]]
    advertisers: Mapped[list[Any] | None] = mapped_column(JSON(none_as_null=True))
    created: Mapped[datetime]
    expires: Mapped[datetime]
    revoked: Mapped[datetime | None]


class PasswordTryRow(Base):
    """How often somebody tried of late: a score as it was ``at`` that moment; it fades."""

    __tablename__ = "password_tries"

    subject: Mapped[str] = mapped_column(primary_key=True)
    score: Mapped[float]
    at: Mapped[datetime] = mapped_column(index=True)


class AuditRow(Base):
    """One record of the chain; triggers of the database refuse to change or remove it."""

    __tablename__ = "audit"
    __table_args__ = (
        Index("ix_audit_actor", "actor", "audit_id"),
        Index("ix_audit_action", "action", "audit_id"),
        Index("ix_audit_kind", "kind", "audit_id"),
    )

    audit_id: Mapped[int] = mapped_column(BigKey, primary_key=True, autoincrement=True)
    at: Mapped[datetime]
    actor: Mapped[str]
    action: Mapped[str]
    subject: Mapped[str] = mapped_column(index=True)
    detail: Mapped[dict[str, Any]]
    kind: Mapped[str]
    advertiser_id: Mapped[str | None] = mapped_column(index=True)
    previous: Mapped[str]
    sha256: Mapped[str]


class AuditHeadRow(Base):
    """Where the chain ends. One row, made by the migration; who appends locks it."""

    __tablename__ = "audit_head"

    chain: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int]
    sha256: Mapped[str]
    rows: Mapped[int]
