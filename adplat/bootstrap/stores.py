"""The database, what is kept in it, and bytes by content."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

from adplat.bootstrap.machine import require_workspace
from adplat.bootstrap.settings import Settings
from adplat.domain import AuditTrail, BundleRegistry, CatalogueStore, JobQueue, ObjectStore

if TYPE_CHECKING:
    from adplat.domain import Viewer
    from adplat.storage import Database, DatabaseCheck, SqlMetricsLedger


def database_url(settings: Settings) -> str:
    """The database that these settings name."""
    if settings.database_url:
        return settings.database_url
    return f"sqlite:///{(settings.workspace / 'adplat.db').resolve()}"


def open_database(settings: Settings) -> Database:
    """The database, at the newest migration when it is our own SQLite file. Raises StoreUnreachable."""
    from adplat import storage

    url = database_url(settings)
    if not settings.database_url:
        require_workspace(settings)
        storage.upgrade_database(url)
    return storage.open_database(url)


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
