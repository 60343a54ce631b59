"""BundleRegistry in SQL: bundles are facts, deployments are a history."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import insert, select

from adplat.domain import ModelBundle, UnknownReference
from adplat.storage import rows
from adplat.storage.tables import BundleRow, DeploymentRow
from adplat.storage.transactions import Database
from adplat.storage.upserts import keep_rows


class SqlBundleRegistry:
    """Which bundles exist and which one is deployed."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def register(self, bundle: ModelBundle) -> None:
        """Remember a bundle; registering the same id again changes nothing."""
        with self._database.write() as connection:
            keep_rows(connection, BundleRow, [rows.bundle_values(bundle)])

    def deploy(self, bundle_id: str, at: datetime) -> None:
        """Make it the served one. Raises UnknownReference."""
        known = select(BundleRow.bundle_id).where(BundleRow.bundle_id == bundle_id)
        with self._database.write() as connection:
            if connection.execute(known).first() is None:
                raise UnknownReference(
                    "no bundle of this id is registered", where=bundle_id, hint="register it, then deploy it"
                )
            connection.execute(insert(DeploymentRow).values(bundle_id=bundle_id, at=at))

    def deployed(self) -> ModelBundle | None:
        """The bundle deployed last, in the order of the calls, whatever their clocks said."""
        latest = (
            select(BundleRow)
            .join(DeploymentRow, DeploymentRow.bundle_id == BundleRow.bundle_id)
            .order_by(DeploymentRow.deployment_id.desc())
            .limit(1)
        )
        with self._database.read() as session:
            row = session.scalars(latest).first()
            return None if row is None else rows.bundle_of(row)

    def bundles(self) -> list[ModelBundle]:
        """All registered bundles, oldest first."""
        with self._database.read() as session:
            found = [rows.bundle_of(row) for row in session.scalars(select(BundleRow))]
        return sorted(found, key=lambda bundle: (bundle.created, bundle.bundle_id))
