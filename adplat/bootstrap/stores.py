"""The database, what is kept in it, and bytes by content."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from adplat.bootstrap.machine import require_workspace
from adplat.bootstrap.setting_sources import read_settings
from adplat.bootstrap.settings import Settings
from adplat.domain import AuditTrail, BundleRegistry, CatalogueStore, JobQueue, MissingInput, ObjectStore

if TYPE_CHECKING:
    from adplat.domain import Viewer
    from adplat.storage import Database, DatabaseCheck, SqlMetricsLedger

_FILE = "adplat.db"


def database_url(settings: Settings) -> str:
    """The database that these settings name."""
    if settings.database_url:
        return settings.database_url
    return f"sqlite:///{_own_file(settings)}"


def open_database(settings: Settings, made: Callable[[str], None] | None = None) -> Database:
    """The database, at the newest migration when it is our own SQLite file, which is made where there is none.

    ``made`` hears in one line that a new one was made, and where. Raises StoreUnreachable.
    """
    from adplat import storage

    url = database_url(settings)
    if not settings.database_url:
        require_workspace(settings)
        is_new = not _own_file(settings).exists()
        storage.upgrade_database(url)
        if is_new and made is not None:
            made(f"a new database was made: {_own_file(settings)}{_one_below(settings)}")
    return storage.open_database(url)


def require_database(settings: Settings) -> Settings:
    """These settings, for who looks at or changes what is there and would have nothing of a new database.

    Raises MissingInput where the workspace has none.
    """
    if not settings.database_url and not _own_file(settings).exists():
        raise MissingInput(
            "there is no database",
            where=str(_own_file(settings)),
            hint=f"name its folder with --workspace or ADPLAT_WORKSPACE{_one_below(settings)}",
        )
    return settings


def existing_workspace(workspace: Path | None, **overrides: object) -> Settings:
    """The settings of ``read_settings`` for a command that begins no workspace, as ``require_database`` has them."""
    return require_database(read_settings(workspace=workspace, **overrides))


def upgrade_database(settings: Settings) -> DatabaseCheck:
    """Bring the database to the newest migration."""
    from adplat import storage

    if not settings.database_url:
        require_workspace(settings)
    return storage.upgrade_database(database_url(settings))


def check_database(settings: Settings) -> DatabaseCheck:
    """Compare the database with the migrations and the code."""
    from adplat import storage

    return storage.check_database(database_url(settings))


def seen_by(database: Database, viewer: Viewer) -> Database:
    """The database as this viewer sees it; every store takes it, and gives and changes the viewer's rows alone."""
    from adplat import storage

    return storage.seen_by(database, viewer)


def open_catalogue(database: Database) -> CatalogueStore:
    """Advertisers, campaigns, ads and creatives."""
    from adplat.storage import SqlCatalogue

    return SqlCatalogue(database)


def open_ledger(database: Database) -> SqlMetricsLedger:
    """Hourly metrics."""
    from adplat.storage import SqlMetricsLedger

    return SqlMetricsLedger(database)


def open_bundles(database: Database) -> BundleRegistry:
    """Registered and deployed bundles."""
    from adplat.storage import SqlBundleRegistry

    return SqlBundleRegistry(database)


def open_jobs(database: Database) -> JobQueue:
    """What is to be done later, by the worker."""
    from adplat.storage import SqlJobs

    return SqlJobs(database)


@contextmanager
def opened_jobs(settings: Settings) -> Iterator[JobQueue]:
    """The queue of a workspace for as long as the block runs. Raises StoreUnreachable."""
    with closing(open_database(settings)) as database:
        yield open_jobs(database)


def open_audit(database: Database) -> AuditTrail:
    """Who did what."""
    from adplat.storage import SqlAuditTrail

    return SqlAuditTrail(database)


@contextmanager
def opened_audit(settings: Settings) -> Iterator[AuditTrail]:
    """The audit trail of a workspace. Raises StoreUnreachable."""
    with closing(open_database(settings)) as database:
        yield open_audit(database)


def open_objects(settings: Settings) -> ObjectStore:
    """Creative pictures and other bytes by content."""
    from adplat import storage

    return storage.open_objects(settings.objects_url or str(settings.workspace / "objects"))


def _own_file(settings: Settings) -> Path:
    return (settings.workspace / _FILE).resolve()


def _one_below(settings: Settings) -> str:
    """Of a database in a folder of the workspace, as a demo's: it is easily missed. Where no workspace is named one is
    looked for below the current folder too, one or two folders deep."""
    below = [*settings.workspace.glob(f"*/{_FILE}")]
    if settings.workspace == Settings.model_fields["workspace"].default:
        below += [*Path().glob(f"*/{_FILE}"), *Path().glob(f"*/*/{_FILE}")]
    found = min((path for path in below if path.resolve() != _own_file(settings)), default=None)
    return "" if found is None else f"; there is one in {found.parent}"
