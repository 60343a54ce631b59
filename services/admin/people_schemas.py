"""What goes over the wire of people: their sessions, passwords, keys, and what they did."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, Field

from adplat.domain import Right, Role
from services.admin.schemas import Body, Name


class SignInIn(Body):
    user_id: Annotated[str, Field(min_length=1, max_length=256)]
    password: Annotated[str, Field(min_length=1, max_length=1024)]


class PasswordIn(Body):
    old: Annotated[str, Field(min_length=1, max_length=1024)]
    new: Annotated[str, Field(min_length=1, max_length=1024)]


class WhoOut(BaseModel):
    """``advertisers`` null: all; ``form_token`` goes back as X-Form-Token with every change, empty for a key."""

    user_id: str
    role: Role
    advertisers: list[str] | None
    rights: list[str]
    form_token: str


class UserIn(Body):
    user_id: Annotated[str, Field(min_length=1, max_length=128)]
    role: Role
    password: Annotated[str, Field(min_length=1, max_length=1024)]
    name: Annotated[str, Field(max_length=256)] = ""
    advertisers: Annotated[tuple[Name, ...], Field(max_length=1000)] | None = None


class UserChanges(Body):
    """``role`` and ``advertisers`` go together; ``disabled`` true or false; ``password`` a new one."""

    role: Role | None = None
    advertisers: Annotated[tuple[Name, ...], Field(max_length=1000)] | None = None
    name: Annotated[str, Field(max_length=256)] = ""
    disabled: bool | None = None
    password: Annotated[str, Field(min_length=1, max_length=1024)] | None = None


class UserOut(BaseModel):
    user_id: str
    name: str
    role: Role
    advertisers: list[str] | None
    disabled: datetime | None
    rights: list[str]


class KeyIn(Body):
    name: Annotated[str, Field(min_length=1, max_length=128)]
    rights: Annotated[tuple[Right, ...], Field(min_length=1, max_length=64)]
    days: Annotated[int, Field(ge=1, le=366)] = 90
    advertisers: Annotated[tuple[Name, ...], Field(min_length=1, max_length=1000)] | None = None


class KeyOut(BaseModel):
    key_id: str
    user_id: str
    name: str
    rights: list[str]
    advertisers: list[str] | None
    created: datetime
    expires: datetime
    revoked: datetime | None


class MadeKeyOut(KeyOut):
    """``secret`` is told this once."""

    secret: str


class AuditOut(BaseModel):
    number: int
    at: datetime
    kind: str
    actor: str
    action: str
    subject: str
    advertiser_id: str | None
    reason: str
    detail: dict[str, str]
    sha256: str
