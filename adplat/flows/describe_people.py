"""People and the audit trail as plain data, for ``--json`` and for tables. No hash of a password leaves this way."""

from __future__ import annotations

from typing import Any

from adplat.domain import Account, AuditRecord, User, UserKey, UserSession


def user_document(user: User) -> dict[str, Any]:
    """One person; ``advertisers`` is ``None`` where all of them are seen."""
    return {
        "user_id": user.user_id,
        "name": user.name,
        "role": user.role.value,
        "advertisers": None if user.advertisers is None else sorted(user.advertisers),
        "disabled": user.disabled,
        "rights": sorted(right.value for right in user.viewer().rights),
    }


def account_document(account: Account) -> dict[str, Any]:
    """One person with when and by whom it was added."""
    kept = {
        "created": account.created,
        "created_by": account.created_by,
        "password_changed": account.password_changed,
    }
    return user_document(account.user) | kept


def session_document(session: UserSession, *, is_this: bool) -> dict[str, Any]:
    """One signed-in browser, for its person; ``is_this``: it is the one that asks."""
    return {
        "session_id": session.session_id,
        "created": session.created,
        "seen": session.seen,
        "expires": session.expires,
        "address": session.address,
        "is_this": is_this,
    }


def user_key_document(key: UserKey) -> dict[str, Any]:
    """One personal key."""
    return {
        "key_id": key.key_id,
        "user_id": key.user_id,
        "name": key.name,
        "rights": sorted(right.value for right in key.rights),
        "advertisers": None if key.advertisers is None else sorted(key.advertisers),
        "created": key.created,
        "expires": key.expires,
        "revoked": key.revoked,
    }


def audit_document(record: AuditRecord) -> dict[str, Any]:
    """One record of the audit trail."""
    entry = record.entry
    return {
        "number": record.number,
        "at": entry.at,
        "kind": entry.kind.value,
        "actor": entry.actor,
        "action": entry.action,
        "subject": entry.subject,
        "advertiser_id": entry.advertiser_id,
        "reason": entry.reason,
        "detail": dict(entry.detail),
        "sha256": record.sha256,
    }
