"""Who is there: a name with a password, a session's secret, or a key becomes a Viewer; or it is nobody.

Whoever gets in wrongly hears one sentence, after the same time, whether the name exists or not. Rights are read anew at
every request: who is disabled or given another role has it at once.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

from adplat.domain import (
    Clock,
    ConfigRejected,
    KeyRejected,
    PeopleStore,
    Right,
    SessionRules,
    SignInRefused,
    TooManyTries,
    TriedBy,
    TryLimits,
    User,
    UserKey,
    UserSession,
    Viewer,
    form_token,
    key_from,
    key_hash,
    session_from,
    session_hash,
    tried_subject,
)
from adplat.domain.callers import KEY_ID_BYTES, SECRET_BYTES
from adplat.domain.sessions import SESSION_BYTES
from adplat.flows.passwords import SALT_BYTES, PasswordCost, check_password, hash_password, is_dated, password_holds

MOST_NAMED = 1000
"""So many advertisers at most of one key."""
LONGEST_KEY = timedelta(days=366)
_LONGEST_NAME = 256
NO_PASSWORD = ""
"""What is kept of the password of a person who has none."""


@dataclass(frozen=True)
class PeopleParts:
    """The ports and rules; ``draw`` gives random bytes, ``by`` is who acts where nobody is signed in."""

    people: PeopleStore
    draw: Callable[[int], bytes]
    clock: Clock
    by: str
    cost: PasswordCost = field(default_factory=PasswordCost)
    rules: SessionRules = field(default_factory=SessionRules)
    limits: TryLimits = field(default_factory=TryLimits)


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A session that holds. ``secret`` goes into a cookie and nowhere else; ``form_token`` into every form."""

    secret: str
    form_token: str
    session: UserSession
    viewer: Viewer


@dataclass(frozen=True, slots=True)
class MadeUserKey:
    """A new key with its only copy."""

    secret: str
    key: UserKey


def sign_in(parts: PeopleParts, user_id: str, password: str, address: str, *, instead_of: str = "") -> SignedIn:
    """Open a session; ``instead_of``, the secret of one that was there before, is over.

    Raises SignInRefused, TooManyTries.
    """
    return begin_session(parts, _proven(parts, user_id, password, address), address, instead_of=instead_of)


def begin_session(parts: PeopleParts, user: User, address: str, *, instead_of: str = "", how: str = "") -> SignedIn:
    """Open a session for a person who is proven; ``how``, where it was not by a password, is told in the trail."""
    now = parts.clock.now()
    secret = session_from(parts.draw(SESSION_BYTES))
    expires = now + timedelta(seconds=parts.rules.longest_s)
    session = UserSession(session_hash(secret), user.user_id, now, now, expires, address[:64])
    parts.people.open_session(session, instead_of=session_hash(instead_of) if instead_of else "", how=how)
    return SignedIn(secret, form_token(secret), session, user.viewer())


def resume(parts: PeopleParts, secret: str) -> SignedIn:
    """The session of this secret, as its person may now. Raises SignInRefused."""
    now = parts.clock.now()
    found = parts.people.session(session_hash(secret))
    if found is None or not found[0].holds_at(now, parts.rules) or found[1].disabled is not None:
        raise SignInRefused("nobody is signed in, or no longer", where="session", hint="sign in")
    session, user = found
    if (now - session.seen).total_seconds() >= parts.rules.seen_every_s:
        parts.people.mark_seen(session.sha256, now)
    return SignedIn(secret, form_token(secret), session, user.viewer())


def sign_out(parts: PeopleParts, secret: str) -> None:
    """The session is over; twice is once."""
    parts.people.end_session(session_hash(secret), parts.clock.now())


def change_own_password(parts: PeopleParts, user_id: str, old: str, new: str, address: str) -> None:
    """Another password; every session of the person is over, this one included.

    Raises SignInRefused, TooManyTries, ConfigRejected.
    """
    check_password(new, user_id)
    user = _proven(parts, user_id, old, address)
    kept = hash_password(new, parts.draw(SALT_BYTES), parts.cost)
    parts.people.set_password(user.user_id, kept, parts.clock.now(), user.user_id)


def make_key(
    parts: PeopleParts,
    viewer: Viewer,
    name: str,
    *,
    rights: frozenset[Right],
    holds_for: timedelta,
    advertisers: frozenset[str] | None = None,
) -> MadeUserKey:
    """A key for the viewer's scripts, with no more than the viewer has. Raises NotPermitted, ConfigRejected."""
    viewer.require(Right.MAKE_OWN_KEYS)
    where = f"user {viewer.user_id}"
    beyond = rights - viewer.rights
    if not rights or beyond or advertisers == frozenset():
        raise ConfigRejected(
            "a key without a right, or with more than its owner has", where=where, hint="name some of your own rights"
        )
    # Another one's advertiser and one that is not there are refused in the same words.
    mine = frozenset(one for one in advertisers or () if viewer.may_see(one) and one.isprintable())
    if len(mine) > MOST_NAMED or (advertisers and parts.people.known_advertisers(mine) != advertisers):
        raise ConfigRejected(
            "a key is for advertisers that its owner sees", where="advertisers", hint="name some of your own, or none"
        )
    if not timedelta(0) < holds_for <= LONGEST_KEY:
        raise ConfigRejected(
            "a key holds for a while", where=where, hint=f"give more than 0 and at most {LONGEST_KEY.days} days"
        )
    if not 0 < len(name) <= 128 or not name.isprintable():
        raise ConfigRejected("a key needs a name", where=where, hint="say in up to 128 characters what it is for")
    key_id, secret = key_from(parts.draw(KEY_ID_BYTES + SECRET_BYTES))
    now = parts.clock.now()
    made = UserKey(key_id, viewer.user_id, name, key_hash(secret), rights, advertisers, now, now + holds_for)
    parts.people.add_key(made, viewer.user_id)
    return MadeUserKey(secret, made)


def viewer_of_key(parts: PeopleParts, secret: str) -> Viewer:
    """On whose behalf a key asks: its owner as the owner may now, narrowed to the key. Raises KeyRejected."""
    found = parts.people.key(key_hash(secret))
    if found is None or not found[0].holds_at(parts.clock.now()) or found[1].disabled is not None:
        raise KeyRejected("the key opens nothing", where="Authorization", hint="make another one, or see when it ended")
    key, user = found
    scope = user.advertisers
    if key.advertisers is not None:
        scope = frozenset(one for one in key.advertisers if user.viewer().may_see(one))
    if user.advertisers is not None and not scope:
        raise KeyRejected("the key opens nothing", where="Authorization", hint="make another one, or see when it ended")
    return Viewer(user.user_id, user.role, scope, key.rights - {Right.MAKE_OWN_KEYS})


def _proven(parts: PeopleParts, user_id: str, password: str, address: str) -> User:
    """The person whose password this is. The try is counted before it is looked at: many at once are many."""
    told = user_id.strip().lower()[:_LONGEST_NAME]
    by_user, by_address = tried_subject(TriedBy.USER, told), tried_subject(TriedBy.ADDRESS, address)
    limits = {by_user: parts.limits.user, by_address: parts.limits.address}
    if not parts.people.may_try(limits, parts.clock.now()):
        raise TooManyTries(
            "too many tries", where="sign in", hint="wait some minutes; an admin can give another password"
        )
    account = parts.people.account(told)
    # Of a name that nobody has, or that signs in elsewhere, another hash is looked at for as long.
    has_one = account is not None and account.password_hash != NO_PASSWORD
    kept = account.password_hash if account is not None and has_one else _nobodys_hash(parts.cost)
    holds = password_holds(kept, password)
    if account is None or not (holds and has_one) or account.user.disabled is not None:
        raise SignInRefused("the name or the password is wrong", where="sign in", hint="try again, or ask an admin")
    parts.people.forgive(by_user, by_address)
    if is_dated(kept, parts.cost):
        parts.people.rehash(told, kept, hash_password(password, parts.draw(SALT_BYTES), parts.cost))
    return account.user


_NOBODYS: dict[PasswordCost, str] = {}


def _nobodys_hash(cost: PasswordCost) -> str:
    if cost not in _NOBODYS:
        _NOBODYS[cost] = hash_password("nobody has this password", bytes(SALT_BYTES), cost)
    return _NOBODYS[cost]
