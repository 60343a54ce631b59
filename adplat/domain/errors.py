"""The one error tree. Every error says what, where and how to mend it.

::

    AdplatError
    ├── InputError              the caller can mend it          exit code 2
    │   ├── MissingInput        a file or folder is not there
    │   ├── TableRejected       truncated, wrong header, wrong types, one class only
    │   ├── ConfigRejected      an unknown key, a value out of range
    │   ├── SchemaMismatch      data, bundle and packed vectors disagree on the schema
    │   ├── BundleRejected      a changed byte, a missing part, another format
    │   ├── PortTaken           somebody else listens there
    │   ├── StoreUnreachable    the database, Redis or object store does not answer
    │   ├── NotTaken            a mail server or webhook did not take what was sent, and may later
    │   ├── WorkspaceBusy       a second process wants what only one may hold
    │   ├── GatesFailed         later rows say that a bundle may not go live
    │   ├── KeyRejected         no API key, or one that does not hold
    │   ├── NotPermitted        the caller is known, and may not do this
    │   ├── SignInRefused       a wrong name or password, or a session that is over
    │   ├── TooManyTries        passwords were tried too often of late
    │   ├── ChangedMeanwhile    somebody else changed it since it was read
    │   └── UnknownReference    an id that names nothing (a creative, a decision)
    └── InternalFault           ours                             exit code 1

Exit codes are decided once in ``adplat.cli``, HTTP status codes once in each service.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

from adplat.domain.sentences import said_together, without_folders


class AdplatError(Exception):
    """Base of the tree.

    Args:
        what: one sentence fragment without a full stop, naming what is wrong.
        where: file, column, key or address; may be empty.
        hint: how to mend it, one sentence without a full stop.
        detail: what a machine may want to know besides, as plain data; a person never needs it.
    """

    exit_code: int = 1

    def __init__(self, what: str, *, where: str = "", hint: str, detail: Mapping[str, Any] | None = None) -> None:
        self.what = what
        self.where = where
        self.hint = hint
        self.detail = detail or {}
        super().__init__(what, where, hint)

    def __str__(self) -> str:
        place = f" ({self.where})" if self.where else ""
        return said_together(f"{self.what}{place}", self.hint)

    def for_others(self) -> Self:
        """The same for whoever does not run this machine: it does not say where the machine keeps its files."""
        where = "" if without_folders(self.where) != self.where else self.where
        what, hint = without_folders(self.what), without_folders(self.hint)
        return type(self)(what, where=where, hint=hint, detail=self.detail)


class InputError(AdplatError):
    """The input is wrong; nothing was written."""

    exit_code = 2


class MissingInput(InputError):
    """A file, folder or column that was asked for is not there."""


class TableRejected(InputError):
    """A table cannot be read, or would spoil what is made from it."""


class ConfigRejected(InputError):
    """A configuration has an unknown key or a value out of range."""


class SchemaMismatch(InputError):
    """Data, bundle or packed vector belong to different feature schemas."""


class BundleRejected(InputError):
    """A model bundle is incomplete, altered or of another format."""


class PortTaken(InputError):
    """A network port is already in use."""


class StoreUnreachable(InputError):
    """A database, Redis or object store that was named does not answer."""


class NotTaken(InputError):
    """A mail server or a webhook did not take what was sent to it, and may take it later."""


class WorkspaceBusy(InputError):
    """Another process holds the workspace."""


class GatesFailed(InputError):
    """A bundle failed a gate of promotion; ``detail`` is the report, and nothing was changed."""


class KeyRejected(InputError):
    """A caller came without an API key where one is demanded, or with one that is unknown, expired or revoked."""


class NotPermitted(InputError):
    """A caller that is known may not do this."""


class SignInRefused(InputError):
    """Somebody who is not known: a wrong name or password, or a session that is over. It never says which."""


class TooManyTries(InputError):
    """Passwords were tried too often of late, under this name or from this address, right or wrong."""


class ChangedMeanwhile(InputError):
    """Somebody else changed the thing since it was read; nothing was written."""


class UnknownReference(InputError):
    """An id that names nothing in the catalogue, the bundle or the event stream."""


class InternalFault(AdplatError):
    """Our own mistake: an invariant that should have held did not."""
