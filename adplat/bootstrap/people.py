"""People with their passwords and sessions; callers with their keys."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

from adplat.bootstrap.machine import actor, clock, lock_workspace
from adplat.bootstrap.settings import Settings
from adplat.bootstrap.stores import open_database

if TYPE_CHECKING:
    from adplat.flows.manage_keys import KeyParts
    from adplat.flows.sign_in import PeopleParts
    from adplat.storage import Database


@contextmanager
def opened_people(settings: Settings, made: Callable[[str], None] | None = None) -> Iterator[PeopleParts]:
    """People of a workspace, with their passwords, sessions and keys; ``made`` as of ``open_database``.

    Raises StoreUnreachable.
    """
    from adplat.flows.sign_in import PeopleParts
    from adplat.storage import SqlPeople

    with closing(open_database(settings, made)) as database:
        yield PeopleParts(SqlPeople(database), secrets.token_bytes, clock(), actor(settings))


@contextmanager
def opened_keys(settings: Settings, made: Callable[[str], None] | None = None) -> Iterator[KeyParts]:
    """Callers and keys of a workspace, for one who changes them at a time; ``made`` as of ``open_database``.

    Raises StoreUnreachable, and WorkspaceBusy where another one changes them at this moment.
    """
    with (
        closing(open_database(settings, made)) as database,
        one_key_desk(settings, database, actor(settings)) as parts,
    ):
        yield parts


@contextmanager
def one_key_desk(settings: Settings, database: Database, by: str) -> Iterator[KeyParts]:
    from adplat.flows.manage_keys import KeyParts
    from adplat.snapshots import KeyFile
    from adplat.storage import SqlCallers, SqlPeople

    # One at a time, or what is published last might not be what was read last.
    with lock_workspace(settings, "keys"):
        publish = KeyFile(settings.workspace).write
        known = SqlPeople(database).known_advertisers
        yield KeyParts(SqlCallers(database), publish, secrets.token_bytes, clock(), by, known)
