"""BundleRegistry in SQL: bundles are facts, deployments are a history, and the state follows from both."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import case, func, insert, select, update
from sqlalchemy.orm import Session

from adplat.domain import (
    AuditEntry,
    BundleDeployment,
    BundleState,
    DeploymentKind,
    ListRequest,
    ModelBundle,
    Page,
    RegisteredBundle,
    UnknownReference,
)
from adplat.storage import rows
from adplat.storage.audit_trail import audit
from adplat.storage.pages import Listing, asked, choice_field, moment_field, number_field, page_of, text_field
from adplat.storage.tables import BundleRow, DeploymentRow
from adplat.storage.transactions import Database
from adplat.storage.upserts import keep_rows

_LATEST = select(DeploymentRow.bundle_id).order_by(DeploymentRow.deployment_id.desc()).limit(1).scalar_subquery()
_STATE = case(
    (BundleRow.bundle_id == _LATEST, BundleState.LIVE.value),
    (BundleRow.bundle_id.in_(select(DeploymentRow.bundle_id)), BundleState.RETIRED.value),
    else_=BundleState.REGISTERED.value,
)
BUNDLE_LISTING = Listing(
    "models",
    key="bundle_id",
    order="-created",
    fields={
        "bundle_id": text_field(BundleRow.bundle_id, may_order=True),
        "created": moment_field(BundleRow.created, may_order=True),
        "registered": moment_field(BundleRow.registered, may_order=True),
        "registered_by": text_field(BundleRow.registered_by),
        "schema_digest": text_field(BundleRow.schema_digest),
        "parent": text_field(BundleRow.parent),
        "state": choice_field(_STATE, BundleState),
        "rows": number_field(BundleRow.rows, may_order=True),
    },
)
DEPLOYMENT_LISTING = Listing(
    "deployments",
    key="deployment_id",
    order="-deployment_id",
    fields={
        "deployment_id": number_field(DeploymentRow.deployment_id, may_order=True),
        "bundle_id": text_field(DeploymentRow.bundle_id),
        "at": moment_field(DeploymentRow.at, may_order=True),
        "kind": choice_field(DeploymentRow.kind, DeploymentKind),
        "by": text_field(DeploymentRow.by),
    },
)


class SqlBundleRegistry:
    """Which bundles exist, which one is live, and how it came to be."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def register(self, bundle: ModelBundle, at: datetime, *, by: str = "", parent: str = "") -> None:
        """Remember a bundle; registering the same id again only takes over where it lies now.

        The id is the hash of the content: a copy in another place is the same bundle.
        """
        values = rows.bundle_values(bundle) | {"registered": at, "registered_by": by, "parent": parent}
        moved = update(BundleRow).where(BundleRow.bundle_id == bundle.bundle_id).values(path=bundle.path)
        with self._database.write() as connection:
            keep_rows(connection, BundleRow, [values])
            connection.execute(moved)

    def deploy(self, deployment: BundleDeployment, told: AuditEntry | None = None) -> None:
        """Make its bundle the live one, and tell it in the audit trail, together. Raises UnknownReference."""
        known = select(BundleRow.bundle_id).where(BundleRow.bundle_id == deployment.bundle_id)
        with self._database.write() as connection:
            if connection.execute(known).first() is None:
                raise UnknownReference(
                    "no bundle of this id is registered",
                    where=deployment.bundle_id,
                    hint="register it first: adplat model register BUNDLE",
                )
            connection.execute(insert(DeploymentRow).values(rows.deployment_values(deployment)))
            if told is not None:
                audit(connection, told)

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

    def registered(self) -> list[RegisteredBundle]:
        """All bundles, oldest first."""
        with self._database.read() as session:
            history = _history(session)
            latest = {deployment.bundle_id: deployment for deployment in history}
            live = history[-1].bundle_id if history else ""
            found = [_registered(row, latest.get(row.bundle_id), live) for row in session.scalars(select(BundleRow))]
        return sorted(found, key=lambda one: (one.bundle.created, one.bundle.bundle_id))

    def find(self, name: str) -> RegisteredBundle:
        """The bundle whose id begins with ``name``. Raises UnknownReference (none, or more than one)."""
        found = [one for one in self.registered() if name and one.bundle.bundle_id.startswith(name)]
        if len(found) == 1:
            return found[0]
        if not found:
            raise UnknownReference(
                "no registered bundle has this id",
                where=name,
                hint="see 'adplat model list', or give the folder of a bundle",
            )
        raise UnknownReference(f"{len(found)} bundles begin with this", where=name, hint="give more of the id")

    def history(self) -> list[BundleDeployment]:
        """All deployments, oldest first."""
        with self._database.read() as session:
            return _history(session)

    def deployments(self) -> tuple[int, str]:
        """How many there were, and the bundle of the last one; empty where there was none."""
        with self._database.read() as session:
            count = session.execute(select(func.count(DeploymentRow.deployment_id))).scalar_one()
            return int(count), session.execute(select(_LATEST)).scalar_one_or_none() or ""

    def bundle_page(self, request: ListRequest) -> Page[RegisteredBundle]:
        """A page of them, newest first unless it says otherwise. Raises ConfigRejected."""
        with self._database.read() as session:
            found = session.scalars(asked(BUNDLE_LISTING, request, select(BundleRow))).all()
            shown = [row.bundle_id for row in found]
            last = (
                select(func.max(DeploymentRow.deployment_id))
                .where(DeploymentRow.bundle_id.in_(shown))
                .group_by(DeploymentRow.bundle_id)
            )
            rows_of_last = session.scalars(select(DeploymentRow).where(DeploymentRow.deployment_id.in_(last))).all()
            latest = {row.bundle_id: rows.deployment_of(row) for row in rows_of_last}
            live = session.execute(select(_LATEST)).scalar_one_or_none() or ""
            return page_of(
                BUNDLE_LISTING, request, found, lambda row: _registered(row, latest.get(row.bundle_id), live)
            )

    def deployment_page(self, request: ListRequest) -> Page[BundleDeployment]:
        """A page of the history, newest first unless it says otherwise. Raises ConfigRejected."""
        with self._database.read() as session:
            found = session.scalars(asked(DEPLOYMENT_LISTING, request, select(DeploymentRow))).all()
            return page_of(DEPLOYMENT_LISTING, request, found, rows.deployment_of)


def _history(session: Session) -> list[BundleDeployment]:
    ordered = select(DeploymentRow).order_by(DeploymentRow.deployment_id)
    return [rows.deployment_of(row) for row in session.scalars(ordered)]


def _registered(row: BundleRow, latest: BundleDeployment | None, live: str) -> RegisteredBundle:
    state = BundleState.REGISTERED if latest is None else BundleState.RETIRED
    return RegisteredBundle(
        bundle=rows.bundle_of(row),
        state=BundleState.LIVE if row.bundle_id == live else state,
        registered=row.registered,
        registered_by=row.registered_by,
        parent=row.parent,
        latest=latest,
    )
