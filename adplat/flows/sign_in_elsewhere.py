"""Who somebody is whom another one has proven: claims of an identity provider become a session.

Who the claims belong to must be checked before; here it is decided which person they name, and what that person may.
Either only people who exist come in, or groups say who comes in, with which role and for whom: then people are made at
their first coming and follow their groups at every one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from adplat.domain import ConfigRejected, Role, SignInRefused, User
from adplat.flows.sign_in import NO_PASSWORD, PeopleParts, SignedIn, begin_session

_LONGEST_CLAIM = 256
_GROUP = re.compile(r"(?P<role>[a-z-]+)(?::(?P<advertisers>.+))?")
_HINT = "ask an admin, or sign in with a password"


@dataclass(frozen=True, slots=True)
class Membership:
    """What members of one group are here. ``advertisers``: of the role advertiser."""

    role: Role
    advertisers: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class ClaimRules:
    """Which claims say what.

    Args:
        person: the claim that names the person. An e-mail address counts where the provider says that it is verified.
        groups: the claim with the names of groups; empty: only people who exist come in.
        members: what each group is here, the strongest first: of several the first one counts, and of the role
            advertiser the advertisers of all of them.
    """

    person: str = "email"
    groups: str = ""
    members: Mapping[str, Membership] = field(default_factory=dict)


def sign_in_by_claims(
    parts: PeopleParts, claims: Mapping[str, Any], rules: ClaimRules, address: str, *, instead_of: str = ""
) -> SignedIn:
    """Open a session for whom these claims name. Raises SignInRefused, ConfigRejected (the last admin stays one)."""
    user_id = _named(claims, rules.person)
    account = parts.people.account(user_id)
    if account is not None and account.user.disabled is not None:
        raise _refused()
    if rules.groups:
        user = _follow_groups(parts, None if account is None else account.user, user_id, claims, rules)
    elif account is None:
        raise _refused()
    else:
        user = account.user
    return begin_session(parts, user, address, instead_of=instead_of, how="identity provider")


def membership_from(told: str) -> Membership:
    """``ROLE``, or ``advertiser:ID,ID``. Raises ConfigRejected."""
    found = _GROUP.fullmatch(told.strip())
    try:
        role = Role(found["role"] if found else told)
    except ValueError:
        known = ", ".join(role.value for role in Role)
        raise ConfigRejected(
            f"{told[:80]!r} is no role", where="ADPLAT_OIDC_GROUPS", hint=f"one of {known}; advertiser:a1,a2"
        ) from None
    names = [one.strip() for one in (found["advertisers"] or "").split(",") if one.strip()] if found else []
    scope = frozenset(names) or None
    User("someone", role, advertisers=scope)  # whether they go together
    return Membership(role, scope)


def _named(claims: Mapping[str, Any], claim: str) -> str:
    told = claims.get(claim)
    if not isinstance(told, str) or not 0 < len(told) <= _LONGEST_CLAIM:
        raise SignInRefused(f"the identity provider tells no {claim[:40]}", where="sign in", hint=_HINT)
    if claim == "email" and claims.get("email_verified") is not True:
        raise SignInRefused("the e-mail address is not verified there", where="sign in", hint=_HINT)
    return told.strip().lower()


def _follow_groups(
    parts: PeopleParts, before: User | None, user_id: str, claims: Mapping[str, Any], rules: ClaimRules
) -> User:
    """Made or changed as the groups say, where they say another thing than what is kept."""
    told = claims.get(rules.groups)
    listed = [told] if isinstance(told, str) else told if isinstance(told, list) else []
    held = {one for one in listed if isinstance(one, str)}
    member = [one for group, one in rules.members.items() if group in held]
    if not member:
        raise _refused()
    role = member[0].role
    scopes = [one.advertisers or frozenset() for one in member if one.role is role]
    scope = frozenset().union(*scopes) if role is Role.ADVERTISER else None
    name = claims.get("name", "")
    own = name if isinstance(name, str) and name.isprintable() and len(name) <= _LONGEST_CLAIM else ""
    try:
        user = User(user_id, role, own if before is None else before.name, scope)
    except ConfigRejected:
        raise SignInRefused("nobody can be called so here", where="sign in", hint=_HINT) from None
    by = replace(parts, by="service sign-in")
    if before is None:
        by.people.add(user, NO_PASSWORD, by.clock.now(), by.by)
    elif (before.role, before.advertisers) != (user.role, user.advertisers):
        by.people.change(user, by.clock.now(), by.by)
    return user


def _refused() -> SignInRefused:
    """The same for whoever is not known, is disabled, or in no group."""
    return SignInRefused("this person may not sign in here", where="sign in", hint=_HINT)
