"""API keys of callers: made, replaced, taken back, and published to the replicas.

SQL is changed first, with the line in the audit trail that tells of it, and then published as a whole. Whoever is
killed in between has changed what is true, and told so, and not yet what holds: every next step here publishes all of
it, and so does every start of the service.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from datetime import timedelta

from adplat.domain import (
    ApiKey,
    AuditEntry,
    Caller,
    CallerStore,
    Clock,
    ConfigRejected,
    KeyBook,
    UnknownReference,
    actor_kind,
    in_words,
    key_from,
    key_hash,
)
from adplat.domain.callers import KEY_ID_BYTES, SECRET_BYTES


@dataclass(frozen=True)
class KeyParts:
    """The ports; ``publish`` tells the replicas, ``draw`` gives random bytes, ``by`` is who asks.

    ``known_advertisers`` says which of some ids an advertiser has.
    """

    callers: CallerStore
    publish: Callable[[KeyBook], None]
    draw: Callable[[int], bytes]
    clock: Clock
    by: str
    known_advertisers: Callable[[Collection[str]], frozenset[str]]


@dataclass(frozen=True, slots=True)
class MadeKey:
    """A new key with its only copy, ``secret``, and the caller that it opens for."""

    secret: str
    key: ApiKey
    caller: Caller


def create_caller(parts: KeyParts, caller: Caller, *, holds_for: timedelta | None = None) -> MadeKey:
    """A new caller with its first key.

    Raises ConfigRejected where there is one of this id, it may do nothing, or is for an advertiser that there is not.
    """
    _require_future(holds_for)
    _require_rights(caller)
    _require_advertisers(parts, caller)
    if _find(parts.callers.book(), caller.caller_id) is not None:
        raise ConfigRejected(
            "there is a caller of this id",
            where=caller.caller_id,
            hint="take another id, leave --may out for one more key, or change its rights with 'adplat key allow'",
        )
    return _add(parts, caller, holds_for, is_new=True)


def create_key(parts: KeyParts, caller_id: str, *, holds_for: timedelta | None = None) -> MadeKey:
    """One more key for a caller that exists. Raises UnknownReference."""
    _require_future(holds_for)
    return _add(parts, _caller_named(parts.callers.book(), caller_id), holds_for)


def change_caller(parts: KeyParts, caller: Caller) -> Caller:
    """Other rights for a caller that exists, and another name where one is told.

    Its keys hold on, and what it was given stays its own.
    Raises UnknownReference, and ConfigRejected as for a new one.
    """
    _require_rights(caller)
    before = _caller_named(parts.callers.book(), caller.caller_id)
    _require_advertisers(parts, caller)
    changed = replace(caller, name=caller.name or before.name)
    told = _rights(changed)
    if changed.name != before.name:
        told["name"] = f"{in_words(before.name or None)} → {changed.name}"
    parts.callers.save(changed, _entry(parts, "key allow", caller.caller_id, told))
    publish_keys(parts)
    return changed


def rotate_key(
    parts: KeyParts, key_id: str, *, old_holds_for: timedelta, holds_for: timedelta | None = None
) -> MadeKey:
    """A new key in the place of one that holds; the old one holds for a while yet, never longer than it would have.

    Unless ``holds_for`` is told, the new one holds for as long, from now, as the old one was made for: who made keys
    of 30 days has keys of 30 days, and only one that never ends gives another that never ends.
    Raises UnknownReference, and ConfigRejected for a key that is over.
    """
    _require_future(holds_for)
    book, now = parts.callers.book(), parts.clock.now()
    old = _key_named(book, key_id)
    if not old.holds_at(now):
        raise ConfigRejected(
            "the key is over", where=key_id, hint=f"make another one: adplat key create {old.caller_id}"
        )
    if old_holds_for < timedelta(0):
        raise ConfigRejected("the old key would have ended in the past", where=key_id, hint="give 0 hours or more")
    if holds_for is None and old.expires is not None:
        holds_for = old.expires - old.created
    ends = now + old_holds_for
    ends = ends if old.expires is None else min(ends, old.expires)
    return _add(parts, _caller_named(book, old.caller_id), holds_for, replaces=replace(old, expires=ends))


def revoke_keys(parts: KeyParts, name: str) -> list[ApiKey]:
    """Take back one key, or all of a caller's; doing it again changes nothing. Raises UnknownReference."""
    book = parts.callers.book()
    if _find(book, name) is not None:
        ids = [key.key_id for key in book.keys if key.caller_id == name]
    else:
        ids = [_key_named(book, name).key_id]
    parts.callers.revoke(ids, parts.clock.now(), _entry(parts, "key revoke", name, {"keys": " ".join(ids)}))
    return [key for key in publish_keys(parts).keys if key.key_id in ids]


def publish_keys(parts: KeyParts) -> KeyBook:
    """Tell the replicas what stands in SQL. Where no key was ever made, nothing is told."""
    book = parts.callers.book()
    if book.keys:
        parts.publish(book)
    return book


def _add(
    parts: KeyParts,
    caller: Caller,
    holds_for: timedelta | None,
    *,
    replaces: ApiKey | None = None,
    is_new: bool = False,
) -> MadeKey:
    key_id, secret = key_from(parts.draw(KEY_ID_BYTES + SECRET_BYTES))
    now = parts.clock.now()
    expires = None if holds_for is None else now + holds_for
    key = ApiKey(key_id, caller.caller_id, key_hash(secret), now, parts.by, expires)
    if replaces is not None:
        told = _entry(parts, "key rotate", caller.caller_id, {"key": key_id, "old": replaces.key_id})
    else:
        told = _entry(parts, "key create", caller.caller_id, {"key": key_id} | (_rights(caller) if is_new else {}))
    parts.callers.add_key(key, told, replaces=replaces, of_new=caller if is_new else None)
    publish_keys(parts)
    return MadeKey(secret, key, caller)


def _entry(parts: KeyParts, action: str, subject: str, detail: dict[str, str]) -> AuditEntry:
    return AuditEntry(parts.clock.now(), parts.by, action, subject, detail, actor_kind(parts.by))


def _rights(caller: Caller) -> dict[str, str]:
    """What it may, for the audit trail."""
    told = {"may": " ".join(sorted(one.value for one in caller.permissions))}
    for name, scope in (("advertisers", caller.advertisers), ("placements", caller.placements)):
        if scope is not None:
            told[name] = " ".join(sorted(scope))
    return told


def _find(book: KeyBook, caller_id: str) -> Caller | None:
    return next((caller for caller in book.callers if caller.caller_id == caller_id), None)


def _caller_named(book: KeyBook, caller_id: str) -> Caller:
    found = _find(book, caller_id)
    if found is None:
        raise UnknownReference(
            "no caller has this id", where=caller_id, hint="see 'adplat key list', or create it with --may"
        )
    return found


def _key_named(book: KeyBook, key_id: str) -> ApiKey:
    found = next((key for key in book.keys if key.key_id == key_id), None)
    if found is None:
        raise UnknownReference("no key and no caller has this id", where=key_id, hint="see 'adplat key list'")
    return found


def _require_rights(caller: Caller) -> None:
    if not caller.caller_id or not caller.permissions:
        raise ConfigRejected(
            "a caller without an id or without a right", where=caller.caller_id, hint="give it both, or revoke its keys"
        )


def _require_advertisers(parts: KeyParts, caller: Caller) -> None:
    """A wrong letter would take a caller's own from it, and nobody would hear of it."""
    named = caller.advertisers or frozenset()
    unknown = sorted(named - parts.known_advertisers(named))
    if unknown:
        raise ConfigRejected(
            f"no advertiser has this id: {', '.join(unknown)}",
            where="advertisers",
            hint="mend it, or make the advertiser first",
        )


def _require_future(holds_for: timedelta | None) -> None:
    if holds_for is not None and holds_for <= timedelta(0):
        raise ConfigRejected("the key would be over at once", where="expires", hint="give more than 0 days")
