"""People are added, given another role or password, disabled: by an admin, or by whoever runs the command line."""

from __future__ import annotations

from dataclasses import replace

from adplat.domain import Account, Role, UnknownReference, User
from adplat.flows.passwords import SALT_BYTES, check_password, hash_password
from adplat.flows.sign_in import PeopleParts


def add_person(parts: PeopleParts, user: User, password: str) -> User:
    """Raises ConfigRejected (there is one; a weak password), UnknownReference (no such advertiser)."""
    check_password(password, user.user_id)
    kept = hash_password(password, parts.draw(SALT_BYTES), parts.cost)
    parts.people.add(user, kept, parts.clock.now(), parts.by)
    return user


def change_person(
    parts: PeopleParts, user_id: str, *, role: Role, advertisers: frozenset[str] | None, name: str = ""
) -> User:
    """Another role and other advertisers, at once; another name where one is told.

    Raises UnknownReference, and ConfigRejected where no admin would be left.
    """
    before = person(parts, user_id).user
    changed = User(user_id, role, name or before.name, advertisers, before.disabled)
    parts.people.change(changed, parts.clock.now(), parts.by)
    return changed


def disable_person(parts: PeopleParts, user_id: str) -> User:
    """Nothing opens for this person any more. Raises UnknownReference, and ConfigRejected for the last admin."""
    before = person(parts, user_id).user
    if before.disabled is not None:
        return before
    changed = replace(before, disabled=parts.clock.now())
    parts.people.change(changed, parts.clock.now(), parts.by)
    return changed


def enable_person(parts: PeopleParts, user_id: str) -> User:
    """May sign in again; sessions that were ended stay over. Raises UnknownReference."""
    changed = replace(person(parts, user_id).user, disabled=None)
    parts.people.change(changed, parts.clock.now(), parts.by)
    return changed


def give_password(parts: PeopleParts, user_id: str, password: str) -> None:
    """Another password, by somebody who need not know the old one. Raises UnknownReference, ConfigRejected."""
    check_password(password, user_id)
    kept = hash_password(password, parts.draw(SALT_BYTES), parts.cost)
    parts.people.set_password(user_id, kept, parts.clock.now(), parts.by)


def person(parts: PeopleParts, user_id: str) -> Account:
    """Raises UnknownReference."""
    found = parts.people.account(user_id)
    if found is None:
        raise UnknownReference("no person has this name", where=f"user {user_id}", hint="see 'adplat user list'")
    return found
