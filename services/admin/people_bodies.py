"""What goes over the wire about sessions, callers with their keys, and the chain of the audit trail."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, Field

from adplat.domain import Permission
from services.admin.schemas import Body, Name

_Scope = Annotated[tuple[Name, ...], Field(min_length=1, max_length=200)]
_Days = Annotated[float, Field(gt=0, le=3660, allow_inf_nan=False)]


class SessionOut(BaseModel):
    """``is_this`` is the one that asks."""

    session_id: str
    created: datetime
    seen: datetime
    expires: datetime
    address: str
    is_this: bool


class EndedOut(BaseModel):
    ended: int


class CallerIn(Body):
    """A caller with its first key; null: of all advertisers, for all placements, until it is revoked."""

    caller_id: Annotated[str, Field(min_length=1, max_length=64)]
    name: Annotated[str, Field(max_length=256)] = ""
    permissions: Annotated[tuple[Permission, ...], Field(min_length=1, max_length=32)]
    advertisers: _Scope | None = None
    placements: _Scope | None = None
    days: _Days | None = None


class CallerChanges(Body):
    """Its rights anew, as a whole; an empty name stays as it was."""

    name: Annotated[str, Field(max_length=256)] = ""
    permissions: Annotated[tuple[Permission, ...], Field(min_length=1, max_length=32)]
    advertisers: _Scope | None = None
    placements: _Scope | None = None


class CallerOut(BaseModel):
    caller_id: str
    name: str
    permissions: list[Permission]
    advertisers: list[str] | None
    placements: list[str] | None


class CallerKeyIn(Body):
    """``days`` null: until it is revoked."""

    days: _Days | None = None


class RotateIn(CallerKeyIn):
    """``days`` null: as many as the old key was made for; ``old_hours``: how long that holds yet."""

    old_hours: Annotated[float, Field(ge=0, le=24 * 366, allow_inf_nan=False)] = 24.0


class CallerKeyOut(BaseModel):
    key_id: str
    caller_id: str
    state: Literal["holds", "expired", "revoked"]
    created: datetime
    created_by: str
    expires: datetime | None
    revoked: datetime | None


class MadeCallerKeyOut(CallerKeyOut):
    """``secret`` is told this once."""

    secret: str


class ChainHeadOut(BaseModel):
    number: int
    sha256: str


class ChainOut(BaseModel):
    """As ``adplat audit check --json`` tells it, without anchors."""

    holds: bool
    records: int
    head: ChainHeadOut
    anchors: int
    faults: list[str]
    fault_count: int
