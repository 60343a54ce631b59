"""Who is asking: from the API key that came with a request to its caller, from memory.

The keys are read off a file of the workspace and looked at once a second, so that a key made, changed or revoked counts
within about two; what is read replaces the whole. No request waits for SQL, Redis or the disk.

A key is found by its hash (one SHA-256, under a microsecond). Nothing remembers a key itself, so that no copy of a
process's memory holds more keys than the requests it was answering.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Literal

from adplat.domain import (
    ANYBODY,
    AdplatError,
    ApiKey,
    Caller,
    Clock,
    InternalFault,
    KeyBook,
    KeyRejected,
    NotPermitted,
    Permission,
    key_hash,
)
from adplat.snapshots import KeyFile

log = logging.getLogger(__name__)

KeysDemanded = Literal["when_any", "always", "never"]
_LONGEST_KEY = 256

Admit = Callable[[str | None, Permission], Caller]
"""From the key that came, if any, and what is asked to the caller; raises KeyRejected and NotPermitted."""


def let_all_in(_key: str | None, _permission: Permission) -> Caller:
    """Demand nothing of anybody."""
    return ANYBODY


@dataclass(frozen=True, slots=True)
class _Ring:
    """What one look found: whether a key was ever made, and ``callers`` by the hash of a key."""

    has_keys: bool
    callers: Mapping[str, tuple[ApiKey, Caller]]

    @classmethod
    def of(cls, book: KeyBook | None) -> _Ring:
        if book is None:
            return cls(False, {})
        by_id = {caller.caller_id: caller for caller in book.callers}
        return cls(True, {key.sha256: (key, by_id[key.caller_id]) for key in book.keys if key.caller_id in by_id})


class KeyGate:
    """Lets callers in, or says why not.

    Args:
        demanded: ``when_any``: from the first key on that was ever made, and never less; ``always``; ``never``.

    Example::

        gate = KeyGate(KeyFile(workspace), clock, "when_any")
        async with gate.watching():                # raises InternalFault for a damaged file
            caller = gate.admit(key, Permission.RANK)
    """

    def __init__(self, file: KeyFile, clock: Clock, demanded: KeysDemanded = "when_any", poll_s: float = 1.0) -> None:
        self._file, self._clock, self._demanded, self._poll_s = file, clock, demanded, poll_s
        self._ring = _Ring.of(None)

    def admit(self, key: str | None, permission: Permission) -> Caller:
        """The caller of this key, who may do this. Raises KeyRejected and NotPermitted; nothing changes by asking."""
        if self._demanded == "never" or (self._demanded == "when_any" and not self._ring.has_keys):
            return ANYBODY
        caller = self._caller_of(key)
        if permission not in caller.permissions:
            raise NotPermitted(
                f"caller {caller.caller_id!r} may not {permission}",
                where="api key",
                hint=f"it may {', '.join(sorted(caller.permissions))}; ask whoever runs this service for more",
            )
        return caller

    def _caller_of(self, key: str | None) -> Caller:
        if not key:
            raise KeyRejected(
                "no API key", where="authorization", hint="send 'Authorization: Bearer KEY', or KEY as x-api-key"
            )
        found = self._ring.callers.get(key_hash(key)) if len(key) <= _LONGEST_KEY else None
        if found is None:
            raise KeyRejected(
                "the API key is unknown", where="authorization", hint="check it, or ask whoever runs this service"
            )
        entry, caller = found
        if not entry.holds_at(self._clock.now()):
            raise KeyRejected(
                f"the API key {entry.key_id} {'has expired' if entry.revoked is None else 'was revoked'}",
                where="authorization",
                hint="ask whoever runs this service for another",
            )
        return caller

    @asynccontextmanager
    async def watching(self) -> AsyncIterator[None]:
        """Read the keys, and look for others as long as the block runs. Raises InternalFault for a damaged file."""
        self._ring = _Ring.of(await asyncio.to_thread(self._file.read))
        watch = asyncio.create_task(self._watch())
        try:
            yield
        finally:
            watch.cancel()
            await asyncio.gather(watch, return_exceptions=True)

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(self._poll_s)
            try:
                moved = await asyncio.to_thread(self._moved)
            except (AdplatError, OSError):
                # What held before goes on holding: a file that cannot be read must neither open nor close the service.
                log.exception("kept the old keys")
                continue
            if moved is not None:
                self._ring = moved
                log.info("%d keys are known", len(moved.callers))

    def _moved(self) -> _Ring | None:
        if not self._file.has_moved():
            return None
        book = self._file.read()
        if book is None:
            raise InternalFault(
                "the published keys are gone", where=str(self._file.path), hint="run 'adplat key publish'"
            )
        return _Ring.of(book)


def require_placements(caller: Caller, placements: Iterable[str]) -> None:
    """Raises NotPermitted for the first that the caller may not ask for."""
    for placement in placements:
        if not caller.may_fill(placement):
            raise NotPermitted(
                f"caller {caller.caller_id!r} may not ask for placement {placement!r}",
                where="placement",
                hint="ask for one of its own, or ask whoever runs this service for more",
            )


def admit_watcher(admit: Admit, key: str | None) -> Caller:
    """Who may read what the whole service counts. Raises KeyRejected, NotPermitted: also a caller of a part."""
    caller = admit(key, Permission.WATCH)
    if caller.advertisers is not None or caller.placements is not None:
        raise NotPermitted(
            "a caller of some advertisers or placements may not watch the whole service",
            where="api key",
            hint="make a key with --may watch alone",
        )
    return caller


def key_in(headers: Mapping[str, str] | Iterable[tuple[str, str | bytes]]) -> str | None:
    """The key among headers or call metadata (names in lower case): ``authorization: Bearer …``, else ``x-api-key``."""
    pairs = headers.items() if isinstance(headers, Mapping) else headers
    told = {name: value for name, value in pairs if name in ("authorization", "x-api-key")}
    scheme, _, key = _text(told.get("authorization", "")).partition(" ")
    if scheme.lower() == "bearer" and key.strip():
        return key.strip()
    return _text(told.get("x-api-key", "")).strip() or None


def _text(value: str | bytes) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else value
