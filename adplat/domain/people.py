"""Who works with adplat, what each role may do, and whose things a person sees: Role, Right, User, Viewer.

A ``Caller`` is a machine that asks the services for scores and bids; a ``User`` is a person who signs in to the admin.
What a role may do stands in one table, ``ROLE_RIGHTS``; nothing else decides it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType

from adplat.domain.callers import LARGEST_SCOPE
from adplat.domain.errors import ConfigRejected, NotPermitted

_USER_ID = re.compile(r"[a-z0-9][a-z0-9._@+-]{0,127}")
# Names of what acts by itself; a person of that name could not be told from it in the audit trail.
RESERVED_NAMES = frozenset({"worker", "bandit", "job", "service", "system", "unknown"})


class Role(StrEnum):
    """What somebody is here for. ``advertiser`` is the only one that sees a part of the advertisers."""

    ADMIN = "admin"
    OPERATOR = "operator"
    ANALYST = "analyst"
    ADVERTISER = "advertiser"
    READ_ONLY = "read-only"


class Right(StrEnum):
    """One thing that may be done in the admin. ``see …`` changes nothing; all others do, if only the audit trail."""

    SEE_CATALOGUE = "see catalogue"
    SEE_REPORTS = "see reports"
    SEE_EXPERIMENTS = "see experiments"
    SEE_FORECASTS = "see forecasts"
    SEE_DRAFTS = "see drafts"
    SEE_MODELS = "see models"
    SEE_JOBS = "see jobs"
    SEE_WORKERS = "see workers"
    SEE_AUDIT = "see audit"
    SEE_PEOPLE = "see people"
    EXPORT_REPORTS = "export reports"
    SAVE_REPORTS = "save reports"
    EDIT_CAMPAIGNS = "edit campaigns"
    EDIT_ADVERTISERS = "edit advertisers"
    REVIEW_CREATIVES = "review creatives"
    RUN_EXPERIMENTS = "run experiments"
    MAKE_FORECASTS = "make forecasts"
    MAKE_DRAFTS = "make drafts"
    PROMOTE_MODELS = "promote models"
    RUN_JOBS = "run jobs"
    MAKE_OWN_KEYS = "make own keys"
    MANAGE_CALLERS = "manage callers"
    MANAGE_PEOPLE = "manage people"

    @property
    def changes(self) -> bool:
        """Whether rows of the database are written for it."""
        return not self.value.startswith("see ")


_SEES_MARKET = frozenset(
    {Right.SEE_CATALOGUE, Right.SEE_REPORTS, Right.SEE_EXPERIMENTS, Right.SEE_FORECASTS, Right.SEE_DRAFTS}
)
_SEES_WORKS = frozenset({Right.SEE_MODELS, Right.SEE_JOBS, Right.SEE_WORKERS, Right.SEE_AUDIT})

ROLE_RIGHTS: Mapping[Role, frozenset[Right]] = MappingProxyType(
    {
        Role.ADMIN: frozenset(Right),
        Role.OPERATOR: frozenset(Right) - {Right.SEE_PEOPLE, Right.MANAGE_PEOPLE, Right.MANAGE_CALLERS},
        Role.ANALYST: _SEES_MARKET
        | _SEES_WORKS
        | {Right.EXPORT_REPORTS, Right.SAVE_REPORTS, Right.MAKE_FORECASTS, Right.RUN_EXPERIMENTS, Right.MAKE_OWN_KEYS},
        Role.ADVERTISER: _SEES_MARKET
        | {
            Right.SEE_JOBS,
            Right.SEE_AUDIT,
            Right.EXPORT_REPORTS,
            Right.SAVE_REPORTS,
            Right.EDIT_CAMPAIGNS,
            Right.MAKE_FORECASTS,
            Right.MAKE_DRAFTS,
            Right.MAKE_OWN_KEYS,
        },
        Role.READ_ONLY: _SEES_MARKET | {Right.SEE_MODELS, Right.SEE_JOBS, Right.SEE_WORKERS},
    }
)
"""The table of permissions."""


@dataclass(frozen=True, slots=True)
class User:
    """A person who may sign in. Raises ConfigRejected.

    Args:
        user_id: the name that is signed in with: small letters, digits and ``. _ @ + -``, at most 128.
        advertisers: of the role ``advertiser`` one or more; ``None`` of every other role: all of them.
        disabled: from when on nothing opens for this person; ``None``: not.
    """

    user_id: str
    role: Role
    name: str = ""
    advertisers: frozenset[str] | None = None
    disabled: datetime | None = None

    def __post_init__(self) -> None:
        where = f"user {self.user_id!r}"
        if not _USER_ID.fullmatch(self.user_id) or self.user_id in RESERVED_NAMES:
            raise ConfigRejected(
                "a person cannot be called so",
                where=where,
                hint="use up to 128 small letters, digits and . _ @ + -, and no name of adplat's own such as 'worker'",
            )
        if len(self.name) > 256 or not self.name.isprintable():
            raise ConfigRejected("a person's name is no line of text", where=where, hint="use up to 256 characters")
        _require_scope(self.role, self.advertisers, where)

    def viewer(self) -> Viewer:
        """How this person sees the database."""
        return Viewer(self.user_id, self.role, self.advertisers)


@dataclass(frozen=True, slots=True)
class Viewer:
    """On whose behalf the database is asked, with whose rows and which rights. Raises ConfigRejected.

    Args:
        advertisers: whose rows exist for this viewer; ``None``: everybody's.
        only: no right beyond these, as of a key that may less than its owner; ``None``: all of the role.
    """

    user_id: str
    role: Role
    advertisers: frozenset[str] | None = None
    only: frozenset[Right] | None = None

    def __post_init__(self) -> None:
        where = f"viewer {self.user_id!r}"
        if self.advertisers is None or self.role is Role.ADVERTISER:
            _require_scope(self.role, self.advertisers, where)
        elif len(self.advertisers) > LARGEST_SCOPE:
            raise ConfigRejected(f"{len(self.advertisers)} advertisers", where=where, hint=f"at most {LARGEST_SCOPE}")

    @property
    def rights(self) -> frozenset[Right]:
        """What may be done."""
        held = ROLE_RIGHTS[self.role]
        return held if self.only is None else held & self.only

    @property
    def may_change(self) -> bool:
        """Whether any right of this viewer writes."""
        return any(right.changes for right in self.rights)

    def may(self, right: Right) -> bool:
        """Whether this may be done."""
        return right in self.rights

    def require(self, right: Right) -> None:
        """Raises NotPermitted."""
        if not self.may(right):
            raise NotPermitted(
                f"this needs the right to {right.value}",
                where=f"user {self.user_id}",
                hint=self._way_to(right),
                detail={"right": right.value},
            )

    def _way_to(self, right: Right) -> str:
        if right not in ROLE_RIGHTS[self.role]:
            return "ask somebody who may, or an admin for another role"
        if right is Right.MAKE_OWN_KEYS:
            return "no key has this right: sign in"
        return "this key lacks it and its owner has it: make another key with this right"

    def may_see(self, advertiser_id: str) -> bool:
        """Whether this advertiser's things exist for the viewer."""
        return self.advertisers is None or advertiser_id in self.advertisers


def _require_scope(role: Role, advertisers: frozenset[str] | None, where: str) -> None:
    if role is not Role.ADVERTISER:
        if advertisers is not None:
            raise ConfigRejected(
                f"the role {role.value} sees all advertisers",
                where=where,
                hint="name none, or take the role advertiser",
            )
        return
    if not advertisers or len(advertisers) > LARGEST_SCOPE or not all(advertisers):
        raise ConfigRejected(
            "the role advertiser belongs to one or more advertisers",
            where=where,
            hint=f"name 1 to {LARGEST_SCOPE} of them",
        )
